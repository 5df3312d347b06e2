import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AbortError, HostError } from '../../errors.ts';
import { lock, tryLock } from './exclusive.ts';
import { ScratchHome } from './fixtures/scratch-home.ts';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

let home: ScratchHome;
const children: ChildProcess[] = [];
beforeEach(() => {
  home = new ScratchHome();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  home[Symbol.dispose]();
});

/** Another process that holds the lock `test`. */
async function otherHolder(): Promise<ChildProcess> {
  const fixture = join(import.meta.dirname, 'fixtures/hold-lock.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', fixture, home.cacheDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

it('is held by one at a time, in the order of release', async () => {
  const order: string[] = [];
  const first = await lock(home, 'test');
  expect(await tryLock(home, 'test')).toBeUndefined();
  const second = lock(home, 'test', {
    onWait: (owner) => order.push(owner.startsWith(`process ${process.pid}`) ? 'waits for us' : owner),
  }).then((held) => {
    order.push('second');
    return held;
  });
  // Another lock is free all the while.
  await using other = await lock(home, 'other');
  expect(other).toBeDefined();
  order.push('release');
  await first[Symbol.asyncDispose]();
  await (await second)[Symbol.asyncDispose]();
  expect(order.indexOf('release')).toBeLessThan(order.indexOf('second'));
  expect(order).toContain('waits for us');
  await using again = await tryLock(home, 'test');
  expect(again).toBeDefined();
});

it('is free at once when its holder is killed, and whoever waits gets it', async () => {
  const holder = await otherHolder();
  expect(await tryLock(home, 'test')).toBeUndefined();
  let taken: Promise<AsyncDisposable> | undefined;
  const owner = await new Promise<string>((resolve) => {
    taken = lock(home, 'test', { onWait: resolve });
  });
  expect(owner).toContain(`process ${holder.pid}`);
  holder.kill('SIGKILL');
  await using held = await taken;
  expect(held).toBeDefined();
  const noted = JSON.parse(readFileSync(join(home.cacheDir, 'locks/test'), 'utf8'));
  expect(noted).toMatchObject({ pid: process.pid, startTicks: expect.stringMatching(/^\d+$/) });
});

it('can be shared by many, as long as nobody has it for himself', async () => {
  const [one, other] = await Promise.all([
    lock(home, 'test', { shared: true }),
    lock(home, 'test', { shared: true }),
  ]);
  expect(await tryLock(home, 'test')).toBeUndefined();
  await one[Symbol.asyncDispose]();
  expect(await tryLock(home, 'test')).toBeUndefined();
  await other[Symbol.asyncDispose]();
  await using alone = await lock(home, 'test');
  expect(alone).toBeDefined();
  const controller = new AbortController();
  const sharing = lock(home, 'test', {
    shared: true,
    signal: controller.signal,
    onWait: () => controller.abort(),
  });
  await expect(sharing).rejects.toBeInstanceOf(AbortError);
});

it('can be given up while waiting', async () => {
  await using held = await lock(home, 'test');
  expect(held).toBeDefined();
  const controller = new AbortController();
  const wait = lock(home, 'test', { signal: controller.signal, onWait: () => controller.abort() });
  await expect(wait).rejects.toBeInstanceOf(AbortError);
  await expect(lock(home, 'test', { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortError);
});

it('says why it cannot lock', async () => {
  await expect(lock(home, 'no/such/folder')).rejects.toBeInstanceOf(HostError);
});
