/**
 * Where open patterns are decided: behind every line end, and, lest a line without end decides nothing, at every
 * full look-back from the cursor that has no line end in the look-back before it.
 */
import type { TextWindow } from '../text/text-window.ts';

const NEWLINE = 10;
const NOWHERE = Number.POSITIVE_INFINITY;

export class LineEnds {
  readonly #window: TextWindow;
  readonly #cursor: number;
  readonly #lookBack: number;
  /** The last answer of {@link after}: it holds for places from `#askedFrom` on, in text that goes to `#askedTo`. */
  #answer = NOWHERE;
  #askedFrom = NOWHERE;
  #askedTo = 0;

  constructor(window: TextWindow, cursor: number, lookBack: number) {
    this.#window = window;
    this.#cursor = cursor;
    this.#lookBack = lookBack;
  }

  /** Whether `at` is such a place. */
  isAt(at: number): boolean {
    return this.#isBehindNewline(at) || this.#cutAfter(at - 1) === at;
  }

  /** The next such place after `at`, Infinity when the text up to `end` has none. */
  after(at: number, end: number): number {
    const holds =
      at >= this.#askedFrom && at < this.#answer && (end === this.#askedTo || this.#answer <= end);
    if (holds) return this.#answer;
    const next = Math.min(this.#newlineAfter(at, end), this.#cutAfter(at));
    this.#askedFrom = at;
    this.#askedTo = end;
    this.#answer = next <= end ? next : NOWHERE;
    return this.#answer;
  }

  #newlineAfter(at: number, end: number): number {
    const { bytes, base } = this.#window;
    // Not beyond the text: behind it the store holds what was there before.
    const index = bytes.subarray(at - base, end - base).indexOf(NEWLINE);
    return index < 0 ? NOWHERE : at + index + 1;
  }

  #isBehindNewline(at: number): boolean {
    return this.#window.bytes[at - 1 - this.#window.base] === NEWLINE;
  }

  /** The next place after `at` where a line is cut that does not end before it. */
  #cutAfter(at: number): number {
    const { bytes, base } = this.#window;
    const lookBack = this.#lookBack;
    const newline = at > base ? base + bytes.lastIndexOf(NEWLINE, at - 1 - base) : base - 1;
    const lineStart = newline < base ? Number.NEGATIVE_INFINITY : newline + 1;
    const first = Math.max(at + 1, lineStart + lookBack);
    return this.#cursor + Math.ceil((first - this.#cursor) / lookBack) * lookBack;
  }
}
