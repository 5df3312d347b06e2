/**
 * The transcript of a console: the only truth about it. Append-only, both directions, timed. Raw bytes go to the
 * recorder; text (raw without escape sequences) goes to the history and, its latest part, to a window in memory.
 * Offsets are counted in text bytes from power-on and never change.
 */
import type { EvidenceLine } from '../errors.ts';
import { Echoes } from './echoes.ts';
import { type History, MemoryHistory } from './history.ts';
import { lastLines } from './last-lines.ts';
import { LineCount } from './line-count.ts';
import { RawTail } from './raw-tail.ts';
import { EscapeStripper } from './text/escape-stripper.ts';
import { TextWindow } from './text/text-window.ts';
import { decodeText } from './text/utf8.ts';
import { TimeMarks } from './time-marks.ts';

/** Keeps what went over the wire, with its times. */
export interface Recorder {
  received(bytes: Uint8Array, atMs: number): void;
  sent(bytes: Uint8Array, atMs: number): void;
}

export interface TranscriptParts {
  /** ms since power-on. */
  readonly clock: () => number;
  readonly history?: History;
  readonly recorder?: Recorder;
}

/** Memory for text that may still be looked at without reading it back: many times a pattern's look-back. */
const WINDOW_BYTES = 1 << 20;
/** Looked at for one of the last lines, on average; a line of a boot has 60 to 120. */
const BYTES_PER_LINE = 512;

export class Transcript {
  readonly #clock: () => number;
  readonly #history: History;
  readonly #recorder: Recorder | undefined;
  readonly #window = new TextWindow();
  readonly #marks = new TimeMarks();
  readonly #lines = new LineCount((from, to) => this.slice(from, to));
  #stripper = new EscapeStripper();
  #lastAtMs = 0;
  /** The latest raw bytes, for whoever joins late. */
  readonly raw = new RawTail();
  /** Which parts of the text are echoes of what was typed. */
  readonly echoes = new Echoes();

  constructor({ clock, history = new MemoryHistory(), recorder }: TranscriptParts) {
    this.#clock = clock;
    this.#history = history;
    this.#recorder = recorder;
  }

  /** End of the text so far: the offset of the next byte. */
  get end(): number {
    return this.#window.end;
  }

  /** The latest part of the text, in memory; for matchers. */
  get window(): TextWindow {
    return this.#window;
  }

  /** ms since power-on, now. */
  now(): number {
    return this.#clock();
  }

  get rawBytes(): number {
    return this.raw.end;
  }

  /** When the console last printed something, ms since power-on; 0 when it never has. */
  get lastAtMs(): number {
    return this.#lastAtMs;
  }

  /** Appends bytes from the guest. @param atMs when they came, where that was not now (a restored machine's past). */
  receive(chunk: Uint8Array, atMs: number = this.#clock()): void {
    this.#lastAtMs = atMs;
    this.#recorder?.received(chunk, atMs);
    this.raw.append(chunk);
    const text = this.#stripper.strip(chunk);
    if (text.length === 0) return;
    this.#marks.mark(this.end, atMs);
    this.#history.append(text);
    this.#window.append(text);
    if (this.end - this.#window.start > 2 * WINDOW_BYTES) this.#window.dropBefore(this.end - WINDOW_BYTES);
  }

  /** The bytes go on from another source: an escape sequence that was cut off there does not go on here. */
  cut(): void {
    this.#stripper = new EscapeStripper();
  }

  /** Notes bytes that were sent to the guest. */
  sent(bytes: Uint8Array, atMs: number = this.#clock()): void {
    this.#recorder?.sent(bytes, atMs);
  }

  /** A copy of the text bytes `[from, to)`; what has left the window is read back from the history. */
  slice(from: number, to: number): Uint8Array {
    return from >= this.#window.start ? this.#window.slice(from, to) : this.#history.read(from, to);
  }

  /** The same as a string; each byte that is no valid UTF-8 is one U+FFFD. */
  text(from: number, to: number = this.end): string {
    return decodeText(this.slice(from, to));
  }

  /** 1-based number of the line that holds `offset`, as in the console's log. */
  lineNumber(offset: number): number {
    return this.#lines.before(Math.min(offset, this.end)) + 1;
  }

  /** When the text at `offset` was received, ms since power-on. */
  atMs(offset: number): number {
    return this.#marks.atMs(offset);
  }

  /** The last lines that say something, oldest first, with their times. */
  tail(lines: number): EvidenceLine[] {
    const from = Math.max(this.#window.start, this.end - BYTES_PER_LINE * lines);
    return lastLines(this.#window.slice(from, this.end), from, lines, (offset) => this.atMs(offset));
  }
}
