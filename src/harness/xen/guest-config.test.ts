import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { type GuestConfig, guestConfigText } from './guest-config.ts';
import { writingCommands } from './written-file.ts';

const SMALL: GuestConfig = { name: 'small', memory: 64, kernel: '/root/vmlinux' };

/** Reads a setting's strings back as xlu_cfg does: quotes, and a backslash before a quote or a backslash. */
function readBack(text: string, key: string): string[] {
  const line = text.split('\n').find((one) => one.startsWith(`${key} = `)) ?? '';
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, body = '']) => body.replace(/\\(.)/g, '$1'));
}

describe('a guest configuration', () => {
  test('is written as xl reads it', () => {
    const text = guestConfigText({
      ...SMALL,
      type: 'pvh',
      ramdisk: '/root/guest.img',
      extra: 'console=hvc0',
      disk: ['/root/a.img,raw,xvda,w', '/root/b.img,raw,xvdb,r'],
      vif: ['bridge=xenbr0'],
      onCrash: 'preserve',
    });
    expect(text.replace(/uuid = .*\n/, '')).toBe(`name = "small"
type = "pvh"
memory = 64
vcpus = 1
kernel = "/root/vmlinux"
ramdisk = "/root/guest.img"
extra = "console=hvc0"
disk = [ "/root/a.img,raw,xvda,w", "/root/b.img,raw,xvdb,r" ]
vif = [ "bridge=xenbr0" ]
on_crash = "preserve"
tsc_mode = "native"
`);
    expect(text).toMatch(/^uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"$/m);
  });

  test('takes one disk or card without a list, limits to grow to, and any other setting of xl', () => {
    const text = guestConfigText({
      ...SMALL,
      type: 'hvm',
      maxMemory: 128,
      maxVcpus: 2,
      disk: '/root/a.img,raw,xvda,w',
      vif: 'bridge=xenbr0',
      boot: 'dc',
      diskController: 'ahci',
      settings: { firmware: 'ovmf', vnc: 1, usbdevice: ['tablet'], tsc_mode: 'default' },
    });
    expect(text.replace(/uuid = .*\n/, '')).toBe(`name = "small"
type = "hvm"
memory = 64
maxmem = 128
vcpus = 1
maxvcpus = 2
kernel = "/root/vmlinux"
disk = [ "/root/a.img,raw,xvda,w" ]
vif = [ "bridge=xenbr0" ]
tsc_mode = "default"
boot = "dc"
serial = "pty"
hdtype = "ahci"
vga = "none"
vnc = 1
nographic = 1
firmware = "ovmf"
usbdevice = [ "tablet" ]
`);
  });

  test('is of an HVM guest without a kernel, whose BIOS boots from its disk', () => {
    const text = guestConfigText({ name: 'pc', memory: 64, type: 'hvm', disk: '/root/a.img,raw,hda,w' });
    expect(text).not.toContain('kernel');
    expect(text).toContain('vga = "none"\nvnc = 0\nnographic = 1\n');
    const shown = guestConfigText({ ...SMALL, type: 'hvm', settings: { vga: 'stdvga' } });
    expect(shown).not.toMatch(/none|vnc|nographic/);
    expect(text).toContain('serial = "pty"');
    expect(guestConfigText({ ...SMALL, type: 'hvm', serial: 'null' })).toContain('serial = "null"');
    expect(guestConfigText({ ...SMALL, kernel: undefined, settings: { bootloader: 'pygrub' } })).toContain(
      'pygrub',
    );
  });

  test('gives guests of different names different UUIDs, and each always the same', () => {
    const uuid = (name: string) => readBack(guestConfigText({ ...SMALL, name }), 'uuid')[0];
    expect(uuid('a')).toBe(uuid('a'));
    expect(uuid('a')).not.toBe(uuid('b'));
  });

  test('carries any text of one line, quotes and backslashes included', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((text) => !/[\p{Cc}]/u.test(text));
    fc.assert(
      fc.property(line, fc.array(line, { minLength: 1, maxLength: 3 }), (extra, disk) => {
        const text = guestConfigText({ ...SMALL, extra, disk });
        expect(readBack(text, 'extra')).toEqual([extra]);
        expect(readBack(text, 'disk')).toEqual(disk);
      }),
    );
  });

  test.each([
    [{ name: 'two words' }, 'name'],
    [{ name: '-q' }, 'name'],
    [{ extra: 'one\ntwo' }, 'extra'],
    [{ kernel: 'vmlinux' }, 'kernel'],
    [{ memory: 0.5 }, 'memory'],
    [{ memoryMiB: 64 }, 'memoryMiB'],
    [{ settings: { memory: 64 } }, 'is a field of its own'],
    [{ settings: { 'a b': 1 } }, 'settings'],
    [{ settings: { bootloader: 'c\nd' } }, 'settings.bootloader'],
    [{ settings: { hdtype: 'ahci' } }, 'is a field of its own'],
    [{ serial: 'null' }, "a pv guest has none: that takes type: 'hvm'"],
    [{ type: 'pvh', boot: 'c' }, "a pvh guest has none: that takes type: 'hvm'"],
    [{ type: 'hvm', boot: 'x' }, '"c" (disk)'],
    [{ diskController: 'ahci' }, 'diskController'],
    [{ kernel: undefined }, 'a pv guest needs one'],
    [{ type: 'pvh', kernel: undefined }, 'a pvh guest needs one'],
    [{ disk: ['a\u0000b'] }, 'disk'],
  ])('is refused, and the field named: %j', (wrong, field) => {
    const refused = () => guestConfigText({ ...SMALL, ...wrong } as GuestConfig);
    expect(refused).toThrow(ScenarioError);
    expect(refused).toThrow(field);
  });
});

describe('a file that is written through a shell', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'domes-written-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has exactly the text, whatever is in it', () => {
    const path = join(folder, "a 'file'");
    // What a shell could take for more than text; a real one judges.
    const line = fc.stringMatching(/^[ -~]{0,300}$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        const commands = writingCommands(path, text);
        for (const command of commands) expect(command.length).toBeLessThan(4000);
        execFileSync('sh', ['-c', commands.join(' && ')]);
        expect(readFileSync(path, 'utf8')).toBe(text);
      }),
      { numRuns: 40 },
    );
  });
});
