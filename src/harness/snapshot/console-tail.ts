/**
 * The latest part of a console, as it is saved with a machine: its raw bytes, and when they came and what was sent.
 * The files in a snapshot have the form of those in a run's folder (console/log-files.ts).
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EscapeStripper } from '../../expect/text/escape-stripper.ts';
import type { Transcript } from '../../expect/transcript.ts';
import type { ConsoleLog } from '../console/log-files.ts';

/** A whole boot of a distribution with systemd prints about 60 KB. */
const KEPT_BYTES = 1 << 18;
const NEWLINE = 10;

/** `[ms, "o", bytes]`: so many bytes came; `[ms, "i", text]`: this was sent, a character for each byte. */
const TimesEntry = z.union([
  z.tuple([z.number(), z.literal('o'), z.number().int().min(0)]),
  z.tuple([z.number(), z.literal('i'), z.string()]),
]);
type TimesEntry = z.infer<typeof TimesEntry>;

export interface ConsoleTail {
  readonly raw: Uint8Array;
  /** Oldest first; their bytes add up to `raw`. */
  readonly times: readonly TimesEntry[];
  /** Where it begins: an offset in the console's text, and the lines before that. */
  readonly textStart: number;
  readonly linesBefore: number;
}

/** The tail of a console whose QEMU has ended, so that its raw file is complete. */
export function consoleTail(transcript: Transcript, log: ConsoleLog): ConsoleTail {
  const raw = rawTail(log.rawFile, transcript.rawBytes);
  const textStart = Math.max(0, transcript.end - new EscapeStripper().strip(raw).length);
  return {
    raw,
    times: lastEntries(parseTimes(log.times()), raw.length),
    textStart,
    linesBefore: transcript.lineNumber(textStart) - 1,
  };
}

/** Lets a console that is new hear what it heard then. */
export function replayTail({ raw, times }: ConsoleTail, transcript: Transcript): void {
  let at = 0;
  for (const [atMs, direction, what] of times) {
    if (direction === 'i') transcript.sent(Buffer.from(what, 'latin1'), atMs);
    else {
      transcript.receive(raw.subarray(at, at + what), atMs);
      at += what;
    }
  }
}

export async function writeTail(folder: string, console: string, { raw, times }: ConsoleTail): Promise<void> {
  const lines = times.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  await writeFile(join(folder, `${console}.log`), raw, { mode: 0o600 });
  await writeFile(join(folder, `${console}.times`), lines, { mode: 0o600 });
}

/** @throws the system's error when a file is missing; ZodError or SyntaxError when one is damaged. */
export async function readTail(folder: string, console: string): Promise<ConsoleTail> {
  const raw = await readFile(join(folder, `${console}.log`));
  const times = parseTimes(await readFile(join(folder, `${console}.times`), 'utf8'));
  return { raw, times: lastEntries(times, raw.length), textStart: 0, linesBefore: 0 };
}

/** The last bytes, from the beginning of a line on when it is not all. */
function rawTail(file: string, end: number): Uint8Array {
  const from = Math.max(0, end - KEPT_BYTES);
  const bytes = Buffer.alloc(end - from);
  const fd = openSync(file, 'r');
  let length = 0;
  try {
    length = readSync(fd, bytes, 0, bytes.length, from);
  } finally {
    closeSync(fd);
  }
  const kept = bytes.subarray(0, length);
  return from === 0 ? kept : kept.subarray(kept.indexOf(NEWLINE) + 1);
}

/** The entries of the last `bytes` bytes, with what was sent meanwhile. */
function lastEntries(times: readonly TimesEntry[], bytes: number): TimesEntry[] {
  const last: TimesEntry[] = [];
  let left = bytes;
  for (let index = times.length - 1; index >= 0 && left > 0; index--) {
    const entry = times[index] as TimesEntry;
    if (entry[1] === 'i') last.push(entry);
    else {
      last.push([entry[0], 'o', Math.min(left, entry[2])]);
      left -= entry[2];
    }
  }
  return last.reverse();
}

function parseTimes(text: string): TimesEntry[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => TimesEntry.parse(JSON.parse(line)));
}
