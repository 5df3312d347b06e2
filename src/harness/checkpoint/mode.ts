/** How stored checkpoints are used, as the environment says. */
import { ScenarioError } from '../../errors.ts';

/**
 * `on`: restored where they are good. `cold`: nothing of an earlier run is restored, but what this run saves is (forks
 * go on working, and saving is tested). `off`: every step is executed each time, nothing is stored.
 */
export type CheckpointMode = 'on' | 'cold' | 'off';

/** How one machine comes to its checkpoint; where nothing is stored or read, `because` says why, in words. */
export type CheckpointUse =
  | { readonly mode: Exclude<CheckpointMode, 'off'> }
  | { readonly mode: 'off'; readonly because: string };

const MODES: readonly CheckpointMode[] = ['on', 'cold', 'off'];

/**
 * `DOMES_CHECKPOINTS`; without it nightly runs are cold, so that each night proves the whole way, and others on.
 * @throws ScenarioError for another word.
 */
export function checkpointMode(env: NodeJS.ProcessEnv = process.env): CheckpointMode {
  const wanted = env.DOMES_CHECKPOINTS;
  if (!wanted) return env.DOMES_NIGHTLY === '1' ? 'cold' : 'on';
  const mode = MODES.find((known) => known === wanted);
  if (mode) return mode;
  throw new ScenarioError(`DOMES_CHECKPOINTS is "${wanted}": expected on, cold or off`);
}

const GIB = 2 ** 30;
const DEFAULT_MAX_GIB = 10;

/** `DOMES_CHECKPOINTS_MAX_GIB` in bytes, 10 GiB without it. @throws ScenarioError when it is no positive number. */
export function storeLimit(env: NodeJS.ProcessEnv = process.env): number {
  const wanted = env.DOMES_CHECKPOINTS_MAX_GIB;
  if (!wanted) return DEFAULT_MAX_GIB * GIB;
  const gib = Number(wanted);
  if (gib > 0) return gib * GIB;
  throw new ScenarioError(
    `DOMES_CHECKPOINTS_MAX_GIB is "${wanted}": expected a number of GiB, as in DOMES_CHECKPOINTS_MAX_GIB=20`,
  );
}
