/** Makes a machine's consoles: transcript on disk, milestones and failures looked for according to who speaks there. */
import { Console, type ConsoleContext } from '../../expect/console.ts';
import { Transcript } from '../../expect/transcript.ts';
import type { ConsoleLog } from '../console/log-files.ts';
import type { ConsoleRole } from '../console/port.ts';
import { type Sighting, watchFor } from '../console/sightings.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { MILESTONE_SIGNS } from '../milestone/catalogue.ts';
import { replayTail } from '../snapshot/console-tail.ts';
import type { Past } from '../snapshot/memento.ts';
import type { Stage } from '../stage.ts';

export interface ConsoleParts {
  readonly role: ConsoleRole;
  readonly log: ConsoleLog;
  /** ms since power-on. */
  readonly clock: () => number;
  readonly diagnosis: Diagnosis;
  readonly context: ConsoleContext;
  /** Of a restored machine. */
  readonly past: Past | undefined;
  /** Called for a milestone that the console shows. */
  readonly note: (
    stage: Stage,
    sighting: { console: string; evidence: string; atMs: number; offset: number },
  ) => void;
}

export function machineConsole(name: string, parts: ConsoleParts): Console {
  const { role, log, clock, diagnosis, context, note, past } = parts;
  const transcript = new Transcript({ clock, history: log, recorder: log });
  const console = new Console(name, transcript, { ...context, interrupt: diagnosis });
  const tail = past?.tails.get(name);
  const memory = past?.memento.consoles[name];
  // Before anybody looks: its milestones and findings are known.
  if (tail) replayTail(tail, transcript);
  if (memory) console.recall(memory);
  const milestones = MILESTONE_SIGNS.filter((known) => known.role === role).map(
    ({ stage, sign }): Sighting => ({
      pattern: sign,
      seen: ({ text, end }) =>
        note(stage, { console: name, evidence: text.trim(), atMs: transcript.atMs(end - 1), offset: end }),
    }),
  );
  watchFor(console, milestones);
  diagnosis.watch(console, role);
  return console;
}
