/**
 * Where open patterns are decided: behind every line end, and in a line longer than the look-back after each
 * so many bytes.
 */
import type { TextWindow } from '../text/text-window.ts';

const NEWLINE = 10;
const NOWHERE = Number.POSITIVE_INFINITY;

export class LineEnds {
  readonly #window: TextWindow;
  readonly #lookBack: number;
  /** Up to here the text is known, and this is where the line there begins. */
  #known: number;
  #lineStart: number;
  /** The answer of the last {@link after}, which holds for places from `#askedFrom` in text up to `#askedTo`. */
  #answer = NOWHERE;
  #askedFrom = NOWHERE;
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
    if (bytes[at - 1 - base] === NEWLINE) return true;
    const length = at - this.#lineStartAt(at);
    return length > 0 && length % this.#lookBack === 0;
  }

  /** The next such place after `at`, Infinity when the text up to `end` has none. */
  after(at: number, end: number): number {
    const holds =
      at >= this.#askedFrom && at < this.#answer && (end === this.#askedTo || this.#answer <= end);
    if (holds) return this.#answer;
    const { bytes, base } = this.#window;
    const lineStart = this.#lineStartAt(at);
    const cut = lineStart + (Math.floor((at - lineStart) / this.#lookBack) + 1) * this.#lookBack;
    const newline = base + bytes.indexOf(NEWLINE, at - base) + 1;
    this.#askedFrom = at;
    this.#askedTo = end;
    // Behind the end of the text the store holds what was there before.
    this.#answer = Math.min(newline <= at || newline > end ? NOWHERE : newline, cut > end ? NOWHERE : cut);
    return this.#answer;
  }

  #lineStartAt(at: number): number {
    const { bytes, base } = this.#window;
    const first = this.#known - base;
    let i = at - 1 - base;
    // Lines are short: only a long one is worth a native search.
    for (const near = Math.max(first, i - 100); i >= near; i--) if (bytes[i] === NEWLINE) return base + i + 1;
    const far = i < first ? -1 : bytes.lastIndexOf(NEWLINE, i);
    return far < first ? this.#lineStart : base + far + 1;
  }
}
