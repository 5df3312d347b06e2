/** A runner that is killed while it saves or restores: no process and no file of its run is left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { processesWith, until } from '../runner/fixtures/what-is-left.ts';
import { ask } from './fixtures/disk-guest.ts';
import { SnapshotBench } from './fixtures/snapshot-bench.ts';
import { readSnapshot } from './snapshot.ts';

vi.setConfig({ testTimeout: 60_000 });

const PROGRAM = join(import.meta.dirname, 'fixtures/save-and-restore.ts');
const WITHIN_MS = 20_000;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'domes-killed-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Kills the program some ms after it has begun to do something. */
async function kill(what: string, afterMs: number, folder: string): Promise<void> {
  const args = ['--import', import.meta.resolve('tsx'), PROGRAM, folder];
  const env = { ...process.env, DOMES_RUN_DIR: join(root, 'run'), DOMES_ACCELERATOR: 'tcg' };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const exit = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) if (line === what) break;
  await pause(afterMs);
  child.kill('SIGKILL');
  expect((await exit)[1]).toBe('SIGKILL');
}

const AFTER_MS = [0, 10, 20, 35, 50, 75, 100];
/** `npm run nightly` has them all. */
const MOMENTS: readonly (readonly [string, number])[] =
  process.env.DOMES_NIGHTLY === '1'
    ? ['save', 'go on', 'restore'].flatMap((what) => AFTER_MS.map((ms) => [what, ms] as const))
    : [
        ['save', 15],
        ['go on', 10],
        ['restore', 30],
      ];

test.each(MOMENTS)('killed at "%s" + %i ms', async (what, afterMs) => {
  const folder = mkdtempSync(join(root, 'bench-'));
  await kill(what, afterMs, folder);
  await until(() => processesWith('DOMES_RUN_DIR', join(root, 'run')).length === 0, WITHIN_MS);
  await until(() => !existsSync(join(root, 'run')) || readdirSync(join(root, 'run')).length === 0, WITHIN_MS);

  // A folder that says what it is, is whole: it can be restored.
  for (const name of readdirSync(folder).filter((one) => /^(?:half|whole)/.test(one))) {
    if (!existsSync(join(folder, name, 'snapshot.json'))) continue;
    await readSnapshot(join(folder, name));
    await using bench = new SnapshotBench(folder);
    const { machine } = await bench.restore(join(folder, name));
    expect(await ask(machine, 't--')).toBe('ok');
    break;
  }
});
