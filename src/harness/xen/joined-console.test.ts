/** The command line with which a console is joined, in a real shell, with a program in xenconsole's place. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { joinCommand, NO_CONSOLE } from './joined-console.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-join-'));
  writeFileSync(join(folder, 'port'), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param script what xenconsole does: it tells by a byte on descriptor 3 that it has joined */
function joined(script: string) {
  const program = join(folder, 'xenconsole');
  writeFileSync(program, `#!/bin/sh\necho "$*" >>${folder}/called\n${script}\n`);
  chmodSync(program, 0o755);
  const command = joinCommand({ domid: 7, console: 'guest', device: join(folder, 'port') });
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const { status, stdout } = spawnSync('sh', ['-c', command.replaceAll('/run/domes', folder)], { env });
  const calls = readFileSync(join(folder, 'called'), 'utf8').trim().split('\n');
  return { status, output: stdout.toString().trim(), calls };
}

const NO_TERMINAL = 'echo "xenconsole: Could not read tty from store: No such file or directory" >&2; exit 1';

test('the console that xenconsole takes by itself', () => {
  const { status, output, calls } = joined('printf x >&3; echo hello');
  expect({ status, output }).toEqual({ status: 0, output: '' });
  expect(calls).toEqual(['7 --interactive --start-notify-fd 3']);
});

test('an HVM guest without a serial port has the console of its Xen drivers, where it has one', () => {
  const { status, calls } = joined(`case "$*" in *'-t pv'*) printf x >&3 ;; *) ${NO_TERMINAL} ;; esac`);
  expect(status).toBe(0);
  expect(calls).toEqual(['7 --interactive --start-notify-fd 3', '7 -t pv --interactive --start-notify-fd 3']);
});

test('one that has neither is told apart from a program that fails', () => {
  expect(joined(NO_TERMINAL)).toMatchObject({ status: 1, output: NO_CONSOLE });
});

test("what else is wrong is said in xenconsole's own words, and not tried again", () => {
  const { status, output, calls } = joined('echo "xenconsole: Could not contact XenStore" >&2; exit 1');
  expect({ status, output }).toEqual({ status: 1, output: 'xenconsole: Could not contact XenStore' });
  expect(calls).toHaveLength(1);
});
