/**
 * Reads back what went over a console: the raw bytes of its `.log`, cut up by the times of its `.times`. In pieces:
 * a log may be larger than the memory.
 */
import { EscapeStripper } from '../../expect/text/escape-stripper.ts';
import { ByteFile } from './byte-file.ts';

export interface Piece {
  /** ms since QEMU's start. */
  readonly atMs: number;
  /** `o`: printed by the guest; `i`: typed (hidden texts are stars already). */
  readonly direction: 'o' | 'i';
  /** Valid until the next piece is asked for. */
  readonly bytes: Buffer;
}

/** Largest piece. */
const PIECE_BYTES = 1 << 16;

/**
 * The pieces in order. Where times are missing (the harness died before QEMU did, a full disk) the bytes come
 * all the same, with the last time that is known.
 * @param log path of the `.log`
 * @throws the file system's error when there is no log
 */
export function* readRecording(log: string): Generator<Piece> {
  const bytes = new ByteFile(log);
  try {
    yield* piecesOf(bytes, timesOf(log.replace(/\.log$/, '.times')));
  } finally {
    bytes.close();
  }
}

function* piecesOf(bytes: ByteFile, times: Iterable<string>): Generator<Piece> {
  let atMs = 0;
  for (const line of times) {
    const entry = entryOf(line);
    if (!entry) continue;
    atMs = entry.atMs;
    if (typeof entry.what === 'string') {
      yield { atMs, direction: 'i', bytes: Buffer.from(entry.what, 'latin1') };
      continue;
    }
    for (let left = entry.what; left > 0; ) {
      const part = bytes.read(Math.min(left, PIECE_BYTES));
      if (part.length === 0) break;
      left -= part.length;
      yield { atMs, direction: 'o', bytes: part };
    }
  }
  for (let part = bytes.read(PIECE_BYTES); part.length > 0; part = bytes.read(PIECE_BYTES))
    yield { atMs, direction: 'o', bytes: part };
}

/** Whether a log's lines end with LF alone, judged by its beginning: a terminal would draw them as stairs. */
export function hasBareNewlines(log: string): boolean {
  const file = new ByteFile(log);
  try {
    const beginning = file.read(PIECE_BYTES);
    return beginning.includes(0x0a) && !beginning.includes(0x0d);
  } finally {
    file.close();
  }
}

/** `[ms,"o",count]` or `[ms,"i",text]`; undefined for a line that was cut off. */
function entryOf(line: string): { atMs: number; what: number | string } | undefined {
  // A console of a million lines has as many of these: the usual form is read without JSON.parse.
  const middle = line.indexOf(',"o",');
  const known = middle > 0 && line.endsWith(']');
  const entry = known ? [line.slice(1, middle), 'o', line.slice(middle + 5, -1)] : parsed(line);
  if (!Array.isArray(entry) || entry.length !== 3) return undefined;
  const atMs = Number(entry[0]);
  const what = entry[1] === 'i' ? String(entry[2]) : Number(entry[2]);
  return Number.isFinite(atMs) && (typeof what === 'string' || what >= 0) ? { atMs, what } : undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The lines of the times; none when there is no such file. */
function* timesOf(path: string): Generator<string> {
  let times: ByteFile;
  try {
    times = new ByteFile(path);
  } catch {
    return;
  }
  try {
    let rest = '';
    for (let part = times.read(PIECE_BYTES); part.length > 0; part = times.read(PIECE_BYTES)) {
      const lines = (rest + part.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    times.close();
  }
}

/**
 * The text of a console, without escape sequences, as pieces of the recording bring it. It is read from the `.txt`, what
 * the harness itself received: the `.log` is QEMU's, which logs a byte twice when it could not send it at once.
 */
export class RecordedText {
  readonly #stripper = new EscapeStripper();
  readonly #text: ByteFile | undefined;

  /** @param log path of the `.log`, with or without a `.txt` beside it */
  constructor(log: string) {
    try {
      this.#text = new ByteFile(log.replace(/\.log$/, '.txt'));
    } catch {
      // Stripped from the log then.
    }
  }

  /** The text that came with a piece; valid until the next call. */
  *of({ bytes }: Piece): Generator<Uint8Array> {
    const text = this.#stripper.strip(bytes);
    if (!this.#text) {
      yield text;
      return;
    }
    for (let left = text.length; left > 0; ) {
      const part = this.#text.read(left);
      if (part.length === 0) return;
      left -= part.length;
      yield part;
    }
  }

  /** Text that no piece has brought. */
  *rest(): Generator<Uint8Array> {
    for (let part = this.#text?.read(PIECE_BYTES); part?.length; part = this.#text?.read(PIECE_BYTES))
      yield part;
  }

  close(): void {
    this.#text?.close();
  }
}
