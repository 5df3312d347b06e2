import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Console } from '../../expect/console.ts';
import { Transcript } from '../../expect/transcript.ts';
import type { WireSink } from '../../expect/wire.ts';
import type { ConsoleRole } from '../console/port.ts';
import { Diagnosis } from './diagnosis.ts';

/** A system console under diagnosis, and the hand that makes it print. */
function diagnosed(role: ConsoleRole = 'system') {
  const diagnosis = new Diagnosis();
  const console = new Console('console', new Transcript({ clock: () => 0 }), { interrupt: diagnosis });
  diagnosis.watch(console, role);
  let sink: WireSink | undefined;
  console.attach({
    open: (opened) => {
      sink = opened;
    },
    send: () => {},
    close: () => {},
  });
  const send = console.send.bind(console);
  return {
    /** A guest that echoes what is typed. */
    echo: () => {
      console.send = (bytes) => {
        send(bytes);
        sink?.bytes(Buffer.from(bytes));
      };
    },
    diagnosis,
    console,
    print: (text: string | Uint8Array) => sink?.bytes(Buffer.from(text as string)),
  };
}

const NO_KERNEL =
  '(XEN) Panic on CPU 0:\r\n(XEN) dom0 kernel not specified. Check bootloader configuration.\r\n';

describe('diagnosis', () => {
  test('a fatal line ends the wait at once, with its class', async () => {
    const { console, print } = diagnosed();
    const wait = console.expect('login: ');
    print(`(XEN) Xen version 4.17\r\n(XEN) ****\r\n${NO_KERNEL}`);
    await expect(wait).rejects.toMatchObject({
      name: 'KnownFailureError',
      failureClass: 'hypervisor/no-dom0-kernel',
      blame: 'guest',
    });
  });

  test('a wait that starts after it fails at once too', async () => {
    const { console, print } = diagnosed();
    print(NO_KERNEL);
    await expect(console.expect('login: ')).rejects.toMatchObject({
      failureClass: 'hypervisor/no-dom0-kernel',
    });
  });

  test('the finding holds the evidence: the line that says it, and its number', () => {
    const { diagnosis, print } = diagnosed();
    print(`first\r\nsecond\r\n${NO_KERNEL}`);
    expect(diagnosis.findings).toMatchObject([
      {
        class: 'hypervisor/no-dom0-kernel',
        severity: 'fatal',
        expected: false,
        evidence: {
          console: 'console',
          line: 4,
          text: '(XEN) dom0 kernel not specified. Check bootloader configuration.',
        },
      },
    ]);
  });

  test('what was awaited before the fatal line still counts', async () => {
    const { console, print } = diagnosed();
    const wait = console.expect('almost there');
    print(`almost there\r\n${NO_KERNEL}`);
    await expect(wait).resolves.toMatchObject({ text: 'almost there' });
  });

  test('an expected class is noted and ends no wait', async () => {
    const { console, diagnosis, print } = diagnosed();
    diagnosis.expect('hypervisor/no-dom0-kernel');
    const wait = console.expect('rebooting');
    print(`${NO_KERNEL}rebooting`);
    await expect(wait).resolves.toMatchObject({ text: 'rebooting' });
    expect(diagnosis.findings.map(({ expected }) => expected)).toEqual([true]);
  });

  test('the class does not depend on how the bytes were split', () => {
    const text = Buffer.from(
      `noise\r\n[    2.1] Kernel panic - not syncing: VFS: Unable to mount root fs on (0,0)\r\nmore`,
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length - 1 })), (cuts) => {
        const { diagnosis, print } = diagnosed();
        let from = 0;
        for (const cut of [...new Set(cuts), text.length].sort((a, b) => a - b)) {
          print(text.subarray(from, cut));
          from = cut;
        }
        expect(diagnosis.findings.map((finding) => finding.class)).toEqual(['kernel/no-root-device']);
      }),
    );
  });

  test('a panic that no class is made for is told by the line under its heading', () => {
    const { diagnosis, print } = diagnosed();
    print('(XEN) ****\r\n(XEN) Panic on CPU 3:\r\n(XEN) a reason of its own\r\n(XEN) ****\r\n');
    expect(diagnosis.raised).toMatchObject({
      failureClass: 'hypervisor/xen-panic',
      evidence: '(XEN) a reason of its own',
    });
  });

  test('what only foretells a failure is noted at once and ends no wait; the last word does', async () => {
    const { console, diagnosis, print } = diagnosed();
    const wait = console.expect('login: ');
    print('[    3.0] VFS: Cannot open root device "xvda1" or unknown-block(0,0): error -6\r\n');
    expect(diagnosis.findings).toMatchObject([{ class: 'kernel/no-root-device' }]);
    expect(diagnosis.raised).toBeUndefined();
    print('[    3.1] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n');
    await expect(wait).rejects.toMatchObject({ failureClass: 'kernel/no-root-device' });
    expect(diagnosis.findings).toMatchObject([{ evidence: { line: 2 } }]);
  });

  test('a prompt is known before its line has ended', () => {
    const { diagnosis, print } = diagnosed();
    print('error: unknown filesystem.\r\nEntering rescue mode...\r\ngrub rescue> ');
    expect(diagnosis.findings.map((finding) => finding.class)).toEqual([
      'bootloader/grub-unknown-filesystem',
      'bootloader/grub-rescue-shell',
    ]);
    expect(diagnosis.rootCause?.class).toBe('bootloader/grub-unknown-filesystem');
  });

  test("a guest's console tells of the guest", () => {
    const { diagnosis, print } = diagnosed('guest');
    print('Kernel panic - not syncing: Fatal exception\r\nNo bootable device.\r\n');
    expect(diagnosis.findings.map((finding) => finding.class)).toEqual(['guest-kernel/kernel-panic']);
  });

  test('what the scenario typed is no evidence, nor its echo, nor what a command repeats of it', async () => {
    const { console, diagnosis, print, echo } = diagnosed();
    echo();
    print('# ');
    await console.sendLine(
      'echo Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
    );
    print('\r\nKernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n# ');
    expect(diagnosis.findings).toEqual([]);
    print('[   12.0] Kernel panic - not syncing: Fatal exception in interrupt\r\n');
    expect(diagnosis.findings).toMatchObject([{ class: 'kernel/kernel-panic' }]);
  });

  test('a class is one finding a console, however often it shows', () => {
    const { diagnosis, print } = diagnosed();
    for (let i = 0; i < 100; i++)
      print(`[  ${i}.0] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [swapper/0:1]\r\n`);
    expect(diagnosis.findings).toMatchObject([{ class: 'kernel/soft-lockup', evidence: { line: 1 } }]);
  });

  test('a muted class counts again when its scope has ended', () => {
    const { diagnosis, print } = diagnosed();
    const unmute = diagnosis.mute('kernel/kernel-panic');
    print('Kernel panic - not syncing: first\r\n');
    expect(diagnosis.raised).toBeUndefined();
    unmute();
    print('Kernel panic - not syncing: second\r\n');
    expect(diagnosis.raised).toMatchObject({ evidence: 'Kernel panic - not syncing: second' });
  });

  test('what code has seen is a finding like any other', () => {
    const { diagnosis } = diagnosed();
    const evidence = { console: 'guest', line: 1, atMs: 60_000, text: 'silent for 60 s, the vCPU is halted' };
    diagnosis.tell('emulator/ended', evidence, 0);
    expect(diagnosis.raised).toMatchObject({ failureClass: 'emulator/ended', console: 'guest' });
  });

  describe('a setback', () => {
    const TRIED =
      "[MIRROR] a.rpm: Downloading successful, but checksum doesn't match. Calculated: 1 Expected: 2\r\n";
    const FAILED =
      '[FAILED] a.rpm: No more mirrors to try - All mirrors were already tried without success\r\n';

    test('ends a wait that asks for it, with the cause, at its last word', async () => {
      const { console, diagnosis, print } = diagnosed('shell');
      const wait = console.expect('Complete!', { failFast: true });
      print(TRIED);
      expect(diagnosis.setback('console', 0)).toBeUndefined();
      print(FAILED);
      await expect(wait).rejects.toMatchObject({
        name: 'KnownFailureError',
        failureClass: 'package-manager/checksum-mismatch',
      });
    });

    test('ends no other wait, nor one that begins behind it', async () => {
      const { console, print } = diagnosed('shell');
      const patient = console.expect('tried again');
      print(`${TRIED}${FAILED}tried again\r\n`);
      await expect(patient).resolves.toMatchObject({ text: 'tried again' });
      const next = console.expect('Complete!', { failFast: true });
      print('Complete!\r\n');
      await expect(next).resolves.toMatchObject({ text: 'Complete!' });
    });

    test.each([
      ['one of several mirrors', TRIED],
      ['a warning', 'W: Failed to fetch http://deb.debian.org/x/InRelease  Could not connect\r\n'],
      [
        "the kernel's trouble",
        '[   12.0] Out of memory: Killed process 1 (x) total-vm:1kB, anon-rss:1kB\r\n',
      ],
    ])('is not %s', async (_, line) => {
      const { console, diagnosis, print } = diagnosed();
      const wait = console.expect('Complete!', { failFast: true });
      print(`${line}Complete!\r\n`);
      await expect(wait).resolves.toMatchObject({ text: 'Complete!' });
      expect(diagnosis.findings).toHaveLength(1);
    });

    test('is nothing to stop for where its cause is expected', async () => {
      const { console, diagnosis, print } = diagnosed('shell');
      diagnosis.expect('package-manager/checksum-mismatch');
      const wait = console.expect('sh# ', { failFast: true });
      print(`${TRIED}${FAILED}sh# `);
      await expect(wait).resolves.toMatchObject({ text: 'sh# ' });
    });
  });

  test('refuses a class that there is not', () => {
    expect(() => diagnosed().diagnosis.expect('kernel/panik')).toThrow(
      'there is no failure class "kernel/panik"',
    );
  });
});
