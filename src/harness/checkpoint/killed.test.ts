/** A runner that is killed, in any phase: what is stored stays good, nothing is locked, what is left is cleaned up. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScratchHome } from '../image/fixtures/scratch-home.ts';
import { until } from '../runner/fixtures/what-is-left.ts';
import { paperJourney } from './fixtures/paper-machine.ts';
import { reach } from './journey.ts';
import { listEntries } from './store/entry.ts';
import { SCRATCH, storeFolder } from './store/store-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const CHAIN = [{ name: 'login' }, { name: 'xen' }];
const PROGRAM = join(import.meta.dirname, 'fixtures/resume-paper.ts');

let home: ScratchHome;
const children: ChildProcess[] = [];
beforeEach(() => {
  home = new ScratchHome();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  home[Symbol.dispose]();
});

/** Starts a runner, and kills it when it has reached a phase for the `count`th time. */
async function killedAt(phase: string, count = 1): Promise<void> {
  const args = ['--import', import.meta.resolve('tsx'), PROGRAM, home.cacheDir, phase, String(count)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    if (line === 'stopped') child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode, `it was killed at "${phase}"`).toBe('SIGKILL');
}

test.each<[string, number, string[]]>([
  ['step login begins', 1, []],
  ['step login done', 1, []],
  ['save begins', 1, []],
  ['half saved', 1, []],
  ['saved', 1, []],
  ['before the rename', 1, []],
  ['renamed', 1, ['login']],
  ['step xen begins', 1, ['login']],
  ['half saved', 2, ['login']],
  ['before the rename', 2, ['login']],
  ['renamed', 2, ['login', 'xen']],
  ['arrived', 1, ['login', 'xen']],
])('killed at "%s" (time %i): %j is stored, and the next runner gets there', async (phase, count, stored) => {
  await killedAt(phase, count);
  expect((await listEntries(home)).entries.map(({ note }) => note.name).sort()).toEqual(stored);
  expect((await listEntries(home)).damaged).toEqual([]);

  const journey = paperJourney(home, CHAIN);
  await using arrival = await reach(journey);
  expect(arrival.machine.words.join(' ')).toBe('login xen');
  const scratch = join(storeFolder(home), SCRATCH);
  // The guard of the dead runner removes what that had left; ours is still there.
  await until(() => !existsSync(scratch) || readdirSync(scratch).length <= 1, 10_000);
});

test('killed while it restores: nothing is lost', async () => {
  await killedAt('arrived');
  await killedAt('restore begins');
  await killedAt('restored');
  const journey = paperJourney(home, CHAIN);
  await using arrival = await reach(journey);
  expect(arrival.machine.words.join(' ')).toBe('login xen');
  expect(journey.records).toMatchObject([{ name: 'xen', did: 'restored' }]);
});
