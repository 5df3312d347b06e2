/** What only the machine knows about a failure: who it is, how far it came, where the proof is written down. */
import type { FailureFacts } from '../../errors.ts';
import type { Console } from '../../expect/console.ts';
import { consoleOfRole } from '../console/port.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Milestones } from '../milestone/milestone.ts';
import type { MachineSpec } from '../qemu/spec.ts';

export interface Witness {
  readonly spec: MachineSpec;
  /** Where it runs, when that is not here. */
  readonly host?: string | undefined;
  /** The guest that speaks on a console, where one does. */
  readonly guestOn: (console: string) => string | undefined;
  readonly consoles: ReadonlyMap<string, Console>;
  readonly milestones: Milestones;
  readonly diagnosis: Diagnosis;
  /** The folder of the console logs, as a person would write it. */
  readonly logFolder: string;
  /** Where its capsule will be, as a person would write it; of a machine that is recorded. */
  readonly capsule?: string | undefined;
}

const LINES_OF_ANOTHER_CONSOLE = 8;

/** Completes the facts of a failure that was seen on, or awaited from, a console. */
export function explained(witness: Witness, console: string, facts: FailureFacts): FailureFacts {
  const { spec, host, milestones, diagnosis } = witness;
  const guest = witness.guestOn(console);
  const name = guest === undefined ? spec.name : `${spec.name} ▸ guest "${guest}"`;
  const proof = facts.failureClass ? diagnosis.raised : undefined;
  return {
    machine: `${name}, ${spec.accelerator}${host === undefined ? '' : `, on ${host}`}`,
    reached: milestones.summary(),
    transcript: transcriptLine(witness, proof?.console ?? console, proof?.offset),
    ...(facts.lastLines?.length === 0 && saidElsewhere(witness, console)),
    ...withoutNothing(facts),
    ...(witness.capsule && { again: `npx domes replay ${witness.capsule}` }),
  };
}

/** `file:line` of the text that ends at `offset`; of the end of the console's text without it. */
function transcriptLine({ consoles, logFolder }: Witness, console: string, offset?: number): string {
  const transcript = consoles.get(console)?.transcript;
  const line = transcript?.lineNumber(Math.max(0, (offset ?? transcript.end) - 1)) ?? 1;
  return `${logFolder}/${console}.txt:${line}`;
}

/** For a console that has said nothing at all: what the system's own console says instead. */
function saidElsewhere(
  { spec, consoles }: Witness,
  silent: string,
): Pick<FailureFacts, 'probably' | 'lastLines'> {
  const name = consoleOfRole(spec.consoles, 'system');
  const lastLines =
    name === undefined ? undefined : consoles.get(name)?.transcript.tail(LINES_OF_ANOTHER_CONSOLE);
  if (!lastLines || name === silent) return { probably: 'the console has not printed anything at all' };
  return {
    probably: `console "${silent}" has not printed anything at all; below is what console "${name}" printed last`,
    lastLines,
  };
}

/** Facts without empty ones, which would hide what is known elsewhere. */
function withoutNothing({ lastLines, ...facts }: FailureFacts): FailureFacts {
  return { ...facts, ...(lastLines && lastLines.length > 0 && { lastLines }) };
}
