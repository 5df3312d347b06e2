import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { until } from './fixtures/what-is-left.ts';
import { readOwner } from './owner.ts';
import { identify } from './process-identity.ts';

const PROGRAM = join(import.meta.dirname, 'fixtures/take-folder.ts');
const started: ChildProcess[] = [];
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'domes-folder-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

/** Starts a runner in a process of its own. */
function start(leash?: string): ChildProcess {
  const args = ['--import', import.meta.resolve('tsx'), PROGRAM, ...(leash ? [leash] : [])];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DOMES_RUN_DIR: root },
  });
  started.push(child);
  return child;
}

/** The folder of this process, as if it had none yet. */
async function takeFolder(runDir: string): Promise<string> {
  vi.stubEnv('DOMES_RUN_DIR', runDir);
  vi.resetModules();
  const { runnerFolder } = await import('./runner-folder.ts');
  expect(runnerFolder()).toBe(runnerFolder());
  return runnerFolder();
}

const complaint = (promise: Promise<string>) =>
  promise.then(
    (folder) => `took ${folder}`,
    (error: Error) => `${error.name}: ${error.message.replaceAll(root, '/root')}`,
  );

test('is private, and says whose it is', async () => {
  const folder = await takeFolder(join(root, 'a/b'));
  expect(dirname(folder)).toBe(join(root, 'a/b'));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readOwner(folder)).toEqual(identify(process.pid));
});

test('goes when its process is killed, although the event loop is blocked', async () => {
  const runner = start();
  const folder = String((await once(runner.stdout as NodeJS.ReadableStream, 'data'))[0]);
  mkdirSync(join(folder, 'machine-1'));
  runner.kill('SIGKILL');
  await until(() => !existsSync(folder), 5_000);
});

test('a leash whose holder is gone already ends the process at once', async () => {
  const runner = start(join(root, 'gone'));
  expect(await once(runner, 'exit')).toEqual([null, 'SIGKILL']);
});

test('a root that can not be one', async () => {
  expect(await complaint(takeFolder('/dev/null/runs'))).toMatchInlineSnapshot(`
    "HostError: cannot make a run directory in /dev/null/runs: ENOTDIR: not a directory, mkdir '/dev/null/runs'
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      next        set DOMES_RUN_DIR to a folder that you can write to, on a disk with some space"
  `);
});

test('a root of somebody else’s', async () => {
  const foreign = process.getuid?.() === 0 ? join(root, 'foreign') : '/usr';
  if (foreign !== '/usr') {
    mkdirSync(foreign);
    chownSync(foreign, 4711, 4711);
  }
  expect(await complaint(takeFolder(foreign))).toMatch(
    /^HostError: run directory \S+ belongs to user \d+, not to you\n.*\n {2}next +set DOMES_RUN_DIR to a folder of your own$/s,
  );
});

test('a link to a folder is fine where the user named it', async () => {
  mkdirSync(join(root, 'real'));
  symlinkSync(join(root, 'real'), join(root, 'link'));
  expect(await takeFolder(join(root, 'link'))).toContain('/link/runner-');
});
