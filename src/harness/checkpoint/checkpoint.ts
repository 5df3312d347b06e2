/**
 * A checkpoint as a scenario declares it: where it starts from, and the step that leads there. The chain is known
 * before anything runs; a cycle can't be written down, because `from` must be there first.
 */
import { ScenarioError } from '../../errors.ts';
import type { LaunchOptions } from '../machine/described.ts';
import type { Machine } from '../machine/machine.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { SnapshotKind } from './key.ts';
import { callerFile } from './source/caller-file.ts';

/** What a step starts from: an image that is launched, or another checkpoint. */
export type StepStart =
  | { readonly image: string; readonly launch?: LaunchOptions }
  | { readonly from: Checkpoint };

export type CheckpointOptions<Inputs> = StepStart & {
  /** Plain data that the step depends on; it is handed to the step, and a change of it makes the checkpoint stale. */
  readonly inputs?: Inputs;
  /**
   * How the machine is saved. `template` (default): RAM as a file that forks map copy-on-write. `vmstate`: QEMU's own
   * snapshot inside the qcow2 overlay, what `savevm` does; needs a machine with a disk.
   */
  readonly as?: SnapshotKind;
};

export type Step<Inputs> = (machine: Machine, inputs: Inputs) => unknown;

export interface Checkpoint {
  readonly name: string;
  /** Full path of the file that declares it. */
  readonly file: string;
  readonly start: StepStart;
  readonly inputs: Json;
  readonly kind: SnapshotKind;
  readonly step: Step<never>;
}

/** Names become names of folders. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/;

/** Of this process: file and name. */
const declared = new Set<string>();

/**
 * Declares a checkpoint. Nothing is run: `resume` does that, as far as the state is not stored already.
 * @param name a string literal, unique in its file: lower-case letters, digits, `-` and `.`.
 * @param step brings the machine from where it starts to the checkpoint. It must leave nothing half typed.
 * @throws ScenarioError for a bad or repeated name, and for inputs that are no plain data.
 */
export function checkpoint<const Inputs extends Json = Record<never, never>>(
  name: string,
  options: CheckpointOptions<Inputs>,
  step: Step<Inputs>,
): Checkpoint {
  const file = callerFile();
  if (typeof name !== 'string' || !NAME.test(name))
    throw new ScenarioError(`checkpoint ${JSON.stringify(name) ?? String(name)}: a bad name`, {
      next: 'use up to 64 lower-case letters, digits, - and . between them, as in "installed-xen"',
    });
  const { inputs = {}, as: kind = 'template', ...start } = options;
  if (typeof step !== 'function')
    throw new ScenarioError(`checkpoint "${name}" has no step: give it a function as the last argument`);
  if ('from' in start ? start.from === undefined : typeof start.image !== 'string')
    throw new ScenarioError(`checkpoint "${name}" starts from nothing`, {
      next: `give it { from: anotherCheckpoint } or { image: 'slim-dom0' }; a checkpoint is declared before those that start from it`,
    });
  if (!SnapshotKind.safeParse(kind).success)
    throw new ScenarioError(
      `checkpoint "${name}": as is ${JSON.stringify(kind)}: expected template or vmstate`,
    );
  // Refuses here, where the stack points to the declaration.
  canonicalJson(inputs, `checkpoint "${name}": inputs`);
  const id = `${file}\0${name}`;
  if (declared.has(id))
    throw new ScenarioError(`checkpoint "${name}" is declared twice in ${file}`, {
      next: 'give each a name of its own; a checkpoint in a loop is one checkpoint, with the varying part as `inputs` of several',
    });
  declared.add(id);
  return { name, file, start, inputs: inputs as Json, kind, step };
}

/** The chain that leads to a checkpoint, its root first. */
export function chainOf(wanted: Checkpoint): Checkpoint[] {
  const chain: Checkpoint[] = [];
  for (let at: Checkpoint | undefined = wanted; at; at = 'from' in at.start ? at.start.from : undefined)
    chain.unshift(at);
  return chain;
}
