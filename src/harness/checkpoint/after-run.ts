/**
 * What is left to do for stored checkpoints when a run is over, in Vitest's main process (a `globalSetup` of
 * vitest.config.ts): what the run made is written to the platter, and one that nobody has used for hours is
 * compressed. One, so that nobody waits for it.
 */
import { DomesError } from '../../errors.ts';
import { defaultHome } from '../image/image-home.ts';
import { listEntries } from './store/entry.ts';

/** Unused for so long, a checkpoint is no longer what somebody is working with. */
const RESTING_MS = 6 * 3_600_000;

export function setup(): () => Promise<void> {
  const since = Date.now();
  return () => settle(since);
}

/** @param since when the run began, ms since the epoch: a run that used no checkpoints does nothing. */
async function settle(since: number): Promise<void> {
  const home = defaultHome();
  const { entries } = await listEntries(home);
  const used = entries.filter(({ usedAt }) => usedAt >= since);
  if (used.length === 0) return;
  const { compressResting, syncStored } = await import('./at-rest.ts');
  try {
    await syncStored(home, used);
    await compressResting(home, { unusedForMs: RESTING_MS, most: 1 });
  } catch (error) {
    if (!(error instanceof DomesError)) throw error;
    // The results of the run are out already.
    process.stderr.write(`domes: stored checkpoints: ${error.message}\n`);
  }
}
