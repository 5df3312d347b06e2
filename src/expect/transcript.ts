/**
 * The transcript of a console: the only truth about it. Append-only, both directions, timed. Raw bytes go to the
 * recorder; text (raw without escape sequences) goes to the history and, its latest part, to a window in memory.
 * Offsets are counted in text bytes from power-on and never change.
 */
import type { EvidenceLine } from '../errors.ts';
import { type History, MemoryHistory } from './history.ts';
import { EscapeStripper } from './text/escape-stripper.ts';
import { TextWindow } from './text/text-window.ts';
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

/** Memory for text that may still be looked at without reading it back: twice the look-back and a good chunk. */
const WINDOW_BYTES = 1 << 20;
/** Raw bytes kept for a screen that is opened late: a full redraw of a menu takes 5 to 10 KiB. */
const RAW_BYTES = 1 << 16;

/** Echoes remembered: more than fit in the window, at 16 bytes each. */
const ECHOES_KEPT = 4096;

export class Transcript {
  readonly #clock: () => number;
  readonly #history: History;
  readonly #recorder: Recorder | undefined;
  readonly #stripper = new EscapeStripper();
  readonly #window = new TextWindow();
  readonly #marks = new TimeMarks();
  #recentRaw: Uint8Array[] = [];
  #recentRawBytes = 0;
  readonly #echoes: { readonly from: number; readonly to: number }[] = [];
  #rawBytes = 0;
  #lastAtMs = 0;

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
    return this.#rawBytes;
  }

  /** When the console last printed something, ms since power-on. */
  get lastAtMs(): number {
    return this.#lastAtMs;
  }

  /** Appends bytes from the guest. */
  receive(chunk: Uint8Array): void {
    const atMs = this.#clock();
    this.#lastAtMs = atMs;
    this.#rawBytes += chunk.length;
    this.#recorder?.received(chunk, atMs);
    this.#keepRaw(chunk);
    const text = this.#stripper.strip(chunk);
    if (text.length === 0) return;
    this.#marks.mark(this.end, atMs);
    this.#history.append(text);
    this.#window.append(text);
    if (this.end - this.#window.start > 2 * WINDOW_BYTES) this.#window.dropBefore(this.end - WINDOW_BYTES);
  }

  /** Notes bytes that were sent to the guest. */
  sent(bytes: Uint8Array): void {
    this.#recorder?.sent(bytes, this.#clock());
  }

  /** The text bytes `[from, to)`; what has left the window is read back from the history. */
  slice(from: number, to: number): Uint8Array {
    return from >= this.#window.start ? this.#window.slice(from, to) : this.#history.read(from, to);
  }

  /** The same as a string; invalid UTF-8 becomes U+FFFD. */
  text(from: number, to: number = this.end): string {
    return new TextDecoder().decode(this.slice(from, to));
  }

  /** 1-based number of the line that holds `offset`, as in the console's log. */
  lineNumber(offset: number): number {
    let line = 1;
    const step = WINDOW_BYTES;
    for (let from = 0; from < offset; from += step) {
      const part = this.slice(from, Math.min(offset, from + step));
      for (let at = part.indexOf(0x0a); at >= 0; at = part.indexOf(0x0a, at + 1)) line++;
    }
    return line;
  }

  /** When the text at `offset` was received, ms since power-on. */
  atMs(offset: number): number {
    return this.#marks.atMs(offset);
  }

  /** Notes that `[from, to)` is the echo of something typed: not the guest's own words. */
  noteEcho(from: number, to: number): void {
    this.#echoes.push({ from, to });
    if (this.#echoes.length > 2 * ECHOES_KEPT) this.#echoes.splice(0, ECHOES_KEPT);
  }

  /** Does `[from, to)` overlap the echo of something typed? Gives the end of that echo, if so. */
  echoWithin(from: number, to: number): number | undefined {
    return this.#echoes.findLast((echo) => echo.from < to && from < echo.to)?.to;
  }

  /** The last lines that say something, oldest first, with their times. */
  tail(lines: number): EvidenceLine[] {
    const from = Math.max(this.#window.start, this.end - 512 * lines);
    const evidence: EvidenceLine[] = [];
    let offset = from;
    for (const line of this.text(from).split('\n')) {
      const text = lastRedraw(line);
      if (text.trim()) evidence.push({ atMs: this.atMs(offset), text });
      offset += Buffer.byteLength(line) + 1;
    }
    return evidence.slice(-lines);
  }

  /** The most recent raw bytes (64 KiB at least, if there were as many), for a screen that starts now. */
  recentRaw(): Uint8Array {
    return Buffer.concat(this.#recentRaw);
  }

  #keepRaw(chunk: Uint8Array): void {
    this.#recentRaw.push(Uint8Array.from(chunk));
    this.#recentRawBytes += chunk.length;
    while (this.#recentRawBytes - (this.#recentRaw[0]?.length ?? 0) >= RAW_BYTES)
      this.#recentRawBytes -= this.#recentRaw.shift()?.length ?? 0;
  }
}

/** What is left to see of a line that was redrawn with bare carriage returns (a progress bar, say). */
export function lastRedraw(line: string): string {
  return line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
}
