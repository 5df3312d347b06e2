/**
 * Where open patterns are decided: behind every line end, and in a line longer than the look-back after each
 * so many bytes.
 */
import type { TextWindow } from '../text/text-window.ts';

const NEWLINE = 10;

export class LineEnds {
  readonly #window: TextWindow;
  readonly #lookBack: number;
  /** Up to here the text is known, and this is where the line there begins. */
  #known: number;
  #lineStart: number;
  /** The answer of the last {@link after}, which holds for places from `#askedFrom` in text up to `#askedTo`. */
  #answer = Number.POSITIVE_INFINITY;
  #askedFrom = Number.POSITIVE_INFINITY;
  #askedTo = 0;

  constructor(window: TextWindow, cursor: number, lookBack: number) {
    this.#window = window;
    this.#lookBack = lookBack;
    this.#known = this.#lineStart = cursor;
  }

  /** All text up to `to` was read: remembers where its last line begins. */
  pass(to: number): void {
    this.#lineStart = this.#lineStartAt(to);
    this.#known = to;
  }

  /** Whether `at` is such a place. */
  isAt(at: number): boolean {
    const { bytes, base } = this.#window;
    return (
      bytes[at - 1 - base] === NEWLINE ||
      (at > this.#lookBack && (at - this.#lineStartAt(at)) % this.#lookBack === 0)
    );
  }

  /** The next such place after `at`, Infinity when the text up to `end` has none. */
  after(at: number, end: number): number {
    const holds =
      at >= this.#askedFrom && at < this.#answer && (end === this.#askedTo || this.#answer <= end);
    if (holds) return this.#answer;
    const { bytes, base } = this.#window;
    const lineStart = this.#lineStartAt(at);
    const cut = lineStart + (Math.floor((at - lineStart) / this.#lookBack) + 1) * this.#lookBack;
    const newline = bytes.subarray(0, end - base).indexOf(NEWLINE, at - base);
    this.#askedFrom = at;
    this.#askedTo = end;
    this.#answer = Math.min(
      newline < 0 ? Number.POSITIVE_INFINITY : base + newline + 1,
      cut > end ? Number.POSITIVE_INFINITY : cut,
    );
    return this.#answer;
  }

  #lineStartAt(at: number): number {
    const { bytes, base } = this.#window;
    for (let i = at - 1 - base; i >= this.#known - base; i--) if (bytes[i] === NEWLINE) return base + i + 1;
    return this.#lineStart;
  }
}
