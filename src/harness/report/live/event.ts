/**
 * What a worker tells of its machines while they run: one JSON line each, appended to `events.jsonl` in the run's
 * folder. A file and not a channel: nothing is lost when the worker is killed, and nobody waits for a reader.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { STAGES } from '../../stage.ts';

/** Of every event. */
const OF_MACHINE = {
  /** Unique in the run: a name may be used twice. */
  machine: z.string(),
  /** Wall clock, ms since the epoch. */
  at: z.number(),
};

export const LiveEvent = z.discriminatedUnion('kind', [
  /** It is being made: an overlay, a restore, QEMU's start. */
  z.object({
    ...OF_MACHINE,
    kind: z.literal('launch'),
    name: z.string(),
    /** Vitest's id of the test. */
    task: z.string(),
    file: z.string(),
    test: z.string(),
  }),
  /** It can't be made yet: it waits for a place on a host, or for its image to be sent there. */
  z.object({ ...OF_MACHINE, kind: z.literal('wait'), why: z.string() }),
  /** It runs. */
  z.object({
    ...OF_MACHINE,
    kind: z.literal('run'),
    /** Machine time, ms since power-on; more than nothing for one that was restored. */
    clockMs: z.number(),
    /** The snapshot that it began with, and how long that took. */
    restored: z.object({ name: z.string(), tookMs: z.number() }).optional(),
  }),
  z.object({
    ...OF_MACHINE,
    kind: z.literal('milestone'),
    name: z.string(),
    stage: z.enum(STAGES),
    atMs: z.number(),
    restored: z.literal(true).optional(),
  }),
  /** The last line of a console that has printed something. */
  z.object({ ...OF_MACHINE, kind: z.literal('line'), console: z.string(), text: z.string() }),
  /** It is kept for a person; `why` says what happened. */
  z.object({ ...OF_MACHINE, kind: z.literal('pause'), why: z.string() }),
  z.object({ ...OF_MACHINE, kind: z.literal('resume') }),
  z.object({ ...OF_MACHINE, kind: z.literal('end') }),
]);
export type LiveEvent = z.infer<typeof LiveEvent>;

/** @param runFolder the run's folder, absolute. */
export function eventsFile(runFolder: string): string {
  return join(runFolder, 'events.jsonl');
}

/**
 * Appends an event: one write, which no other process's can cut into (O_APPEND, write(2)). Never throws: a full disk
 * costs the view of the run, not the run.
 */
export function appendEvent(file: string, event: LiveEvent): void {
  try {
    appendFileSync(file, `${JSON.stringify(event)}\n`);
  } catch {}
}
