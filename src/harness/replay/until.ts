/** Where a replay is to stop: at a milestone, or where the failure was seen. */
import { CapsuleError, ScenarioError } from '../../errors.ts';
import type { CapsuleRecord } from './capsule-record.ts';

/** A milestone's name, or `failure`: the line that proved the failure, else where the recorded run ended. */
export type Until = string;

const FAILURE = 'failure';

/**
 * The instruction, counted from power-on, at which to stop; what is waited for has been printed by then.
 * @throws ScenarioError for a milestone that the capsule doesn't have; CapsuleError when its instruction is unknown.
 */
export function stopInstruction(record: CapsuleRecord, until: Until): number {
  const { milestones, failure, endInstruction } = record;
  const instruction =
    until === FAILURE ? (failure?.instruction ?? endInstruction) : milestoneOf(milestones, until).instruction;
  if (instruction !== undefined) return instruction;
  throw new CapsuleError(`the capsule doesn't say at which instruction "${until}" was`, {
    probably: 'QEMU had ended by then',
    next: 'replay it to its end',
  });
}

function milestoneOf(
  milestones: CapsuleRecord['milestones'],
  wanted: string,
): CapsuleRecord['milestones'][number] {
  const milestone = milestones.find(({ name }) => name === wanted);
  if (milestone) return milestone;
  throw new ScenarioError(`the capsule has no milestone "${wanted}"`, {
    next: `it can stop at: ${[...milestones.map(({ name }) => name), FAILURE].join(', ')}`,
  });
}
