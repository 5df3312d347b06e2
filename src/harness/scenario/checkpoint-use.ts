/** How a machine of a scenario comes to a checkpoint: by what is stored, or by every step; and then why. */
import { type CheckpointUse, checkpointMode } from '../checkpoint/mode.ts';
import type { LaunchOptions } from '../machine/launch.ts';
import { hostAddresses } from '../remote/address.ts';
import { recordMode } from '../replay/record-mode.ts';

/** @throws ScenarioError for a mistake in DOMES_RECORD, DOMES_CHECKPOINTS or DOMES_HOST. */
export function checkpointUse(
  { determinism }: Pick<LaunchOptions, 'determinism'>,
  env: NodeJS.ProcessEnv = process.env,
): CheckpointUse {
  if (recordMode(env) !== undefined || determinism === 'recorded')
    return { mode: 'off', because: 'a recording begins at power-on' };
  const mode = checkpointMode(env);
  if (mode === 'off') return { mode, because: 'DOMES_CHECKPOINTS=off' };
  if (hostAddresses(env).length > 0) return { mode: 'off', because: 'stored states are of this host' };
  return { mode };
}
