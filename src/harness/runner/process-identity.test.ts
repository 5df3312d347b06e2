import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { until } from './fixtures/what-is-left.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function start(file: string, args: readonly string[]): ChildProcess {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  started.push(child);
  return child;
}

const own = identify(process.pid) as ProcessIdentity;

test('this process is alive, and known by more than its PID', () => {
  expect(own).toMatchObject({ pid: process.pid, startTicks: expect.stringMatching(/^\d+$/) });
  expect(isAlive(own)).toBe(true);
  expect(isAlive({ ...own, startTicks: `${Number(own.startTicks) - 1}` })).toBe(false);
});

test('a process of another boot is gone, whatever has its PID now', () => {
  expect(isAlive({ ...own, bootId: '00000000-0000-4000-8000-000000000000' })).toBe(false);
});

test('a process of another container can not be seen from here, so it is taken for alive', () => {
  const elsewhere = { ...own, pidNamespace: 'pid:[1]', startTicks: '0' };
  expect(isAlive(elsewhere)).toBe(true);
  expect(isAlive({ ...elsewhere, bootId: 'another' })).toBe(false);
});

test('a process that has ended is gone', async () => {
  const child = start('sleep', ['60']);
  const identity = identify(child.pid as number) as ProcessIdentity;
  expect(isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(identify(identity.pid)).toBeUndefined();
  expect(isAlive(identity)).toBe(false);
});

test('a zombie is gone', async () => {
  // `sleep` takes the place of the shell, and never waits for the shell's child.
  const child = start('/bin/sh', ['-c', 'exec 3<&0; cat <&3 >/dev/null & echo $!; exec sleep 60']);
  const [pid] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  expect(identify(Number(pid))).toBeDefined();
  await until(() => readFileSync(`/proc/${child.pid}/comm`, 'utf8') === 'sleep\n', 5_000);
  child.stdin?.end();
  await until(() => identify(Number(pid)) === undefined, 5_000);
  expect(() => process.kill(Number(pid), 0)).not.toThrow();
});

test('a process may be named so that its stat line looks like another', () => {
  const folder = mkdtempSync(join(tmpdir(), 'domes-name-'));
  symlinkSync('/bin/sleep', join(folder, 'a) Z 1 (b'));
  const child = start(join(folder, 'a) Z 1 (b'), ['60']);
  expect(identify(child.pid as number)?.startTicks).toMatch(/^\d{3,}$/);
  rmSync(folder, { recursive: true });
});
