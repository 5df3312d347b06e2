import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

const BIN = join(import.meta.dirname, '../../../bin/domes.mjs');
const PANIC =
  '[    1.0] Kernel panic - not syncing: Attempted to kill init! \u001b]0;owned\u0007\u009b31m\r\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-diagnose-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function domes(args: readonly string[], input?: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'diagnose', ...args], {
    input: input ?? '',
    encoding: 'utf8',
    cwd: folder,
  });
  return { code: status, out: stdout, err: stderr };
}

function log(name: string, text: string | Uint8Array): string {
  writeFileSync(join(folder, name), text);
  return name;
}

describe('domes diagnose', () => {
  it('prints class, evidence with its line, cause and remedy, and nothing that a terminal obeys', () => {
    const { code, out } = domes([log('a.log', `first\n${PANIC}`)]);
    expect(code).toBe(1);
    expect(out).toMatchInlineSnapshot(`
      "a.log

        kernel/init-killed   fatal, root cause
          line 2      │ [    1.0] Kernel panic - not syncing: Attempted to kill init! \\x9b31m
          cause       the first process ended, which no kernel survives
          remedy      read the lines before the panic: init, or a program that it became, failed
      "
    `);
  });

  it('reads a pipe, and prints JSON', () => {
    for (const args of [['--json'], ['-', '--json']]) {
      const { code, out } = domes(args, 'first\r\nNo bootable device.\r\n');
      expect(code).toBe(1);
      expect(JSON.parse(out)).toEqual({
        findings: [
          {
            class: 'firmware/no-bootable-device',
            stage: 'firmware',
            severity: 'fatal',
            evidence: { line: 2, text: 'No bootable device.' },
            cause: expect.any(String),
            remedy: expect.any(String),
          },
        ],
      });
    }
  });

  it('exits with 0 where nothing hard or fatal is found, an empty log too', () => {
    expect(domes([log('fine.log', 'Linux version 6.1\nlogin: ')])).toMatchObject({ code: 0 });
    expect(domes([log('soft.log', 'Login incorrect\n')])).toMatchObject({
      code: 0,
      out: expect.stringContaining('userspace/login-refused   soft'),
    });
    expect(domes([log('empty.log', ''), '--json'])).toEqual({
      code: 0,
      out: '{\n  "findings": []\n}\n',
      err: '',
    });
  });

  it('exits with 2 for what it can not use, and says what that is', () => {
    expect(domes(['nosuch.log'])).toMatchObject({
      code: 2,
      out: '',
      err: 'domes: cannot diagnose nosuch.log: there is no such file\n',
    });
    expect(domes(['.'])).toMatchObject({ code: 2, err: expect.stringContaining('it is a folder') });
    expect(domes([log('a.gz', gzipSync(PANIC))])).toMatchObject({
      code: 2,
      err: expect.stringContaining('gunzip -c FILE | npx domes diagnose -'),
    });
    expect(domes([process.execPath])).toMatchObject({
      code: 2,
      err: expect.stringContaining('it is no text'),
    });
    expect(domes(['--frob'])).toMatchObject({ code: 2 });
  });

  it('takes several files, and goes on past one that it can not use', () => {
    const { code, out, err } = domes([
      log('a.log', PANIC),
      'nosuch.log',
      log('b.log', 'all is well\n'),
      '--json',
    ]);
    expect(code).toBe(2);
    expect(err).toContain('nosuch.log');
    expect(JSON.parse(out).findings).toMatchObject([{ file: 'a.log', class: 'kernel/init-killed' }]);
  });

  it('reads a log of any length in little memory, lines without end among them', () => {
    const script = `yes 'x' | tr -d '\\n' | head -c 400000000; printf '\\n'; yes '[    1.0] all is well' | head -c 200000000; printf 'No bootable device.\\n'`;
    const shell = `{ ${script}; } | ${process.execPath} --max-old-space-size=100 ${BIN} diagnose - --json; test $? = 1`;
    const out = execFileSync('sh', ['-c', shell], { encoding: 'utf8' });
    expect(JSON.parse(out).findings).toMatchObject([{ class: 'firmware/no-bootable-device' }]);
  });

  it('lists the catalogue', () => {
    const { code, out } = domes(['--list']);
    expect(code).toBe(0);
    expect(out).toMatch(/^kernel\/no-root-device +fatal +the kernel found no root/m);
    const { classes } = JSON.parse(domes(['--list', '--json']).out);
    expect(classes.length).toBeGreaterThan(80);
    expect(domes(['--help']).out).toMatch(/Examples?:\n {2}npx domes .*Exit codes: 0 all is well/s);
  });
});
