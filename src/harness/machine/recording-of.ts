/** What a machine's QEMU records to, or replays from. */
import { ScenarioError } from '../../errors.ts';
import { type Recording, recordingIn } from '../qemu/recording.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { MachineContext } from './machine-context.ts';

/** Nothing for a `live` machine. @throws ScenarioError when it has no folder for its consoles, which are files then. */
export function recordingOf(
  { name, determinism }: Pick<MachineSpec, 'name' | 'determinism'>,
  { runFolder: folder, logFolder, replay }: Pick<MachineContext, 'runFolder' | 'logFolder' | 'replay'>,
): Recording | undefined {
  if (determinism === 'live') return undefined;
  if (folder === undefined)
    throw new ScenarioError(`machine "${name}" can't be pinned or recorded: it has no folder of its own`);
  if (determinism === 'pinned') return { mode: 'pinned', file: '', folder };
  if (replay) return { mode: 'replay', file: replay.recording, folder, state: replay.state };
  return { mode: 'record', file: recordingIn(logFolder), folder };
}
