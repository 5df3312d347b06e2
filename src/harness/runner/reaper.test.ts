import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify, type ProcessIdentity } from './process-identity.ts';
import { markedEnvironment, reapAbandoned } from './reaper.ts';

const own = identify(process.pid) as ProcessIdentity;
let root: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'domes-reaper-'));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

/** The folder of a runner with a machine in it. */
function folderOf(owner: ProcessIdentity | undefined, name = 'runner-abc'): string {
  const folder = join(root, name);
  mkdirSync(join(folder, 'machine-1'), { recursive: true });
  writeFileSync(join(folder, 'machine-1', 'overlay.qcow2'), 'x');
  if (owner) writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner));
  return folder;
}

/** A QEMU as the harness starts it, but without a parent whose death would end it. */
async function qemuOf(folder: string): Promise<ChildProcess> {
  const args = ['-nodefaults', '-display', 'none', '-S', '-m', '1', '-qmp', 'stdio'];
  const child = spawn('qemu-system-x86_64', args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: markedEnvironment(folder),
  });
  started.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

async function deadProcess(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60']);
  const identity = identify(child.pid as number) as ProcessIdentity;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}

test('what a power cut left is removed', () => {
  const folder = folderOf({ ...own, bootId: '00000000-0000-4000-8000-000000000000' });
  expect(reapAbandoned(root)).toEqual([folder]);
  expect(existsSync(folder)).toBe(false);
});

test('a QEMU that outlived its runner is ended; those of the living go on', async () => {
  const abandoned = folderOf(await deadProcess(), 'runner-dead');
  const living = folderOf(own, 'runner-alive');
  const [orphan, inUse] = await Promise.all([qemuOf(abandoned), qemuOf(living)]);
  const ended = once(orphan, 'exit');
  expect(reapAbandoned(root)).toEqual([abandoned]);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(existsSync(abandoned)).toBe(false);
  expect(existsSync(join(living, 'machine-1', 'overlay.qcow2'))).toBe(true);
  expect(identify(inUse.pid as number)).toBeDefined();
});

test('the folder of a runner in another container stays', () => {
  folderOf({ ...own, pidNamespace: 'pid:[1]', startTicks: '0' });
  expect(reapAbandoned(root)).toEqual([]);
});

test('a folder without an owner is being made, unless that was long ago', () => {
  folderOf(undefined, 'runner-now');
  const cutOff = folderOf(undefined, 'runner-then');
  const anHourAgo = Date.now() / 1000 - 3_600;
  utimesSync(cutOff, anHourAgo, anHourAgo);
  expect(reapAbandoned(root)).toEqual([cutOff]);
});

test('what is not a runner’s stays, and a missing root is no trouble', () => {
  writeFileSync(join(root, 'notes.txt'), 'mine');
  expect(reapAbandoned(root)).toEqual([]);
  expect(existsSync(join(root, 'notes.txt'))).toBe(true);
  expect(reapAbandoned(join(root, 'nowhere'))).toEqual([]);
});
