/**
 * The files of one console: its asciicast beside the log, and for the page its text in chunks and, unless it is large,
 * the cast. One pass over the log, which may be larger than the memory.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Bursts } from '../bursts.ts';
import { hasBareNewlines, RecordedText, readRecording } from '../console-recording.ts';
import { Asciicast, SERIAL_TERMINAL } from '../export/asciicast.ts';
import type { ConsoleRecord, MachineRecord } from '../record.ts';
import type { RunFile } from '../run-files.ts';
import { safeJson, scriptJson } from '../safe-json.ts';
import { writeStreamed } from '../streamed-file.ts';
import { writeWholeFile } from '../whole-file.ts';
import { ConsoleText } from './console-text.ts';
import { pageCall } from './page-call.ts';
import type { ConsoleView } from './view.ts';

/** Logs up to this size go into the scenario's own script; above, each chunk has its own, loaded when it is looked at. */
const INLINE_BYTES = 1 << 18;
/** The player holds a recording in memory as a whole. */
const PLAYER_BYTES = 4 << 20;

export interface ConsolePlace {
  readonly log: RunFile | undefined;
  /** Unique in the report. */
  readonly key: string;
  /** Of the report's data. */
  readonly folder: string;
  /** Adds to the scenario's own script. */
  readonly addToScript: (text: string) => void;
}

/** Writes the files, and says what there is. A log that is absent or can't be read is said to be. */
export function writeConsole(
  machine: MachineRecord,
  console: ConsoleRecord,
  place: ConsolePlace,
): ConsoleView {
  const { log, key } = place;
  const known = {
    key,
    name: console.name,
    bytes: console.bytes,
    typed: console.typing.sent,
    retyped: console.typing.retyped,
    ...SERIAL_TERMINAL,
  };
  const absent = (why: string) => ({
    ...known,
    absent: why,
    files: [],
    bursts: [],
    chunks: [],
    apart: false,
    cast: false,
  });
  if (!log) return absent('the record names a file outside of the run’s folder');
  if (!log.there) return absent('the log is not in the run’s folder');
  try {
    return { ...known, ...writeFiles(machine, console, { ...place, log }) };
  } catch (error) {
    return absent(`its log can’t be read, or not be written anew: ${(error as Error).message}`);
  }
}

type Written = Pick<ConsoleView, 'bytes' | 'files' | 'bursts' | 'chunks' | 'apart' | 'cast'>;

function writeFiles(
  machine: MachineRecord,
  { name }: ConsoleRecord,
  { log, key, folder, addToScript }: ConsolePlace & { log: RunFile },
): Written {
  const bytes = statSync(log.path).size;
  const apart = bytes > INLINE_BYTES;
  const chunks: [number, number, number][] = [];
  const text = new ConsoleText((chunk) => {
    const call = pageCall('chunk', key, chunks.length, chunk);
    chunks.push([chunk.rows, chunk.line, chunk.atMs]);
    if (apart) writeWholeFile(join(folder, `${key}-${chunks.length - 1}.js`), call);
    else addToScript(call);
  });

  const lines: string[] | undefined = bytes <= PLAYER_BYTES ? [] : undefined;
  const header = {
    title: `${machine.name} ▸ ${name}`,
    startedAt: machine.startedAt,
    bareNewlines: hasBareNewlines(log.path),
    ...SERIAL_TERMINAL,
  };
  const bursts = new Bursts();
  writeStreamed(castOf(log.path), (write) => {
    const cast = new Asciicast(header, machine.milestones, (line) => {
      write(`${line}\n`);
      lines?.push(scriptJson(line));
    });
    readThrough(log.path, { cast, text, bursts });
  });
  if (lines) {
    const call = `domes.cast(${safeJson(key)},[${lines.join(',\n')}]);\n`;
    if (apart) writeWholeFile(join(folder, `${key}-cast.js`), call);
    else addToScript(call);
  }
  const files = [log.href, castOf(log.href), log.href.replace(/\.log$/, '.txt')];
  return {
    bytes,
    files: files.map((href) => [href.replace(/.*\./, '.'), href]),
    bursts: bursts.list(),
    chunks,
    apart,
    cast: lines !== undefined,
  };
}

interface Takers {
  readonly cast: Asciicast;
  readonly text: ConsoleText;
  readonly bursts: Bursts;
}

function readThrough(log: string, { cast, text, bursts }: Takers): void {
  const recorded = new RecordedText(log);
  let lastMs = 0;
  try {
    for (const piece of readRecording(log)) {
      cast.add(piece);
      if (piece.direction === 'i') continue;
      lastMs = piece.atMs;
      bursts.add(lastMs);
      for (const part of recorded.of(piece)) text.add(part, lastMs);
    }
    for (const part of recorded.rest()) text.add(part, lastMs);
  } finally {
    recorded.close();
  }
  cast.end();
  text.end();
}

function castOf(log: string): string {
  return log.replace(/\.log$/, '.cast');
}
