/** A machine at a checkpoint: what `resume` in a scenario does. */
import type { Arrival } from './arrival.ts';
import { type Checkpoint, chainOf } from './checkpoint.ts';
import { type Journey, reach, reachAnew } from './journey.ts';
import { type MachineHost, machineMechanics, type StoredMachine } from './machine-mechanics.ts';
import { type CheckpointUse, storeLimit } from './mode.ts';
import { planOf, rootOf } from './plan.ts';
import { keepWithin } from './store/room.ts';

export interface ResumeHost extends MachineHost, Pick<Journey<StoredMachine>, 'run' | 'noteStep' | 'say'> {}

/**
 * A machine at a checkpoint: restored from the deepest one of its chain that is stored and still true, the rest of the
 * steps executed and saved.
 * @param name of the machine: one that is restored has not that of the one that was saved.
 * @throws what a step throws; ScenarioError for a step whose source can't be hashed; ImageError; other HostErrors;
 * AbortError.
 */
export async function resumeMachine(
  wanted: Checkpoint,
  host: ResumeHost,
  { use, name }: { readonly use: CheckpointUse; readonly name: string },
): Promise<Arrival<StoredMachine>> {
  const root = rootOf(wanted);
  const executing = ({ step, inputs }: Checkpoint) => ({
    execute: ({ launched: { machine } }: StoredMachine) => step(machine, inputs as never),
  });
  if (use.mode === 'off') {
    const steps = chainOf(wanted).map((each) => ({ name: each.name, ...executing(each) }));
    const mechanics = machineMechanics(root, host, { name });
    return reachAnew({ steps, mechanics, noteStep: host.noteStep, because: use.because });
  }
  const { image, steps: planned } = await planOf(wanted, host.home.root);
  const mechanics = machineMechanics(root, host, { name, image });
  const steps = planned.map(({ checkpoint, note }) => ({ note, ...executing(checkpoint) }));
  const arrival = await reach({ ...host, mode: use.mode, steps, mechanics });
  // What is in use, this one to begin with, stays in any case.
  await keepWithin(host.home, storeLimit(host.home.env));
  return arrival;
}
