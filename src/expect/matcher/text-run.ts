/**
 * Reading text through an automaton: the inner loop of all waiting.
 *
 * The row behind a byte depends on the row before it, and a processor spends most of such a loop waiting for its
 * own last answer. In a long text two places are therefore read in turn, which takes hardly longer than one: the
 * one that is due, and one behind a line end further on. There the row is guessed, since few matches reach over a
 * line end; when the first place gets there with the row that was guessed, it goes on where the second has got to.
 */
import { type LazyAutomaton, STOP } from './lazy-automaton.ts';

/** How far ahead the second place is at least. Further, and more is read in vain where matches are frequent. */
const STRIDE = 1024;
const NEWLINE = 10;
const NOWHERE = -1;

export class TextRun {
  readonly #automaton: LazyAutomaton;
  /** The row where reading stands. */
  row: number;
  /** Whether that row accepts. */
  hit = false;
  /** The second place has read `[aheadFrom, aheadTo)` from the row `guess` to `aheadRow`, and may read to `aheadEnd`. */
  #aheadFrom = NOWHERE;
  #aheadTo = NOWHERE;
  #aheadEnd = NOWHERE;
  #aheadRow = STOP;
  #guess: number;

  constructor(automaton: LazyAutomaton, row: number) {
    this.#automaton = automaton;
    this.row = row;
    this.#guess = automaton.middle;
  }

  /**
   * Reads the text `[at, end)`, of which offset `o` is at `bytes[o - base]`. Stops behind the first byte that
   * leads to an accepting row (a {@link hit}), where the automaton is full, or at `end`, and answers where.
   */
  read(bytes: Buffer, base: number, at: number, end: number): number {
    this.hit = false;
    let now = at;
    while (now < end && !this.hit) {
      if (now === this.#aheadFrom) now = this.#join(now, end, bytes[now - base - 1] === NEWLINE);
      if (now >= this.#aheadFrom && end - now > 2 * STRIDE) this.#lookAhead(bytes, base, now, end);
      const stop = now < this.#aheadFrom ? Math.min(end, this.#aheadFrom) : end;
      if (now < this.#aheadFrom && this.#aheadTo < this.#aheadEnd)
        now = this.#goOnTwice(bytes, base, now, stop);
      else now = this.#goOn(bytes, base, now, stop);
      if (now === stop) continue;
      if (!this.#take(bytes[now - base] as number)) return now;
      now++;
    }
    return now;
  }

  /** The inner loop: goes on while there is nothing to do but go on. */
  #goOn(bytes: Buffer, base: number, at: number, end: number): number {
    const { classOf, plain } = this.#automaton;
    const last = end - base;
    let i = at - base;
    let row = this.row;
    for (; i < last; i++) {
      const next = plain[row + (classOf[bytes[i] as number] as number)] as number;
      if (next === STOP) break;
      row = next;
    }
    this.row = row;
    return base + i;
  }

  /** The same at both places. What the second cannot go on with is left to the first, which then goes on alone. */
  #goOnTwice(bytes: Buffer, base: number, at: number, end: number): number {
    const { classOf, plain } = this.#automaton;
    const last = Math.min(end, at + this.#aheadEnd - this.#aheadTo) - base;
    const distance = this.#aheadTo - at;
    let i = at - base;
    let row = this.row;
    let ahead = this.#aheadRow;
    for (; i < last; i++) {
      const next = plain[row + (classOf[bytes[i] as number] as number)] as number;
      const nextAhead = plain[ahead + (classOf[bytes[i + distance] as number] as number)] as number;
      if (next === STOP || nextAhead === STOP) {
        if (nextAhead === STOP) this.#aheadEnd = base + i + distance;
        break;
      }
      row = next;
      ahead = nextAhead;
    }
    this.row = row;
    this.#aheadRow = ahead;
    this.#aheadTo = base + i + distance;
    return this.#aheadTo < this.#aheadEnd || i === last ? base + i : this.#goOn(bytes, base, base + i, end);
  }

  /** Chooses the second place; where there is no line end, none until the text is read. */
  #lookAhead(bytes: Buffer, base: number, now: number, end: number): void {
    const newline = bytes.indexOf(NEWLINE, now - base + STRIDE);
    this.#aheadFrom = newline < 0 ? end : Math.min(end, base + newline + 1);
    this.#aheadTo = this.#aheadFrom;
    this.#aheadEnd = Math.min(end, 2 * this.#aheadFrom - now);
    this.#aheadRow = this.#guess;
  }

  /** Where the second place began: goes on where it is now, if its row was guessed right. */
  #join(now: number, end: number, lineStart: boolean): number {
    const guessed = this.row === this.#guess && this.#aheadTo <= end;
    if (lineStart) this.#guess = this.row;
    if (!guessed) return now;
    this.row = this.#aheadRow;
    return this.#aheadTo;
  }

  /** Reads one byte; false where it leads to a state that there is no room for. */
  #take(byte: number): boolean {
    const automaton = this.#automaton;
    const transition = this.row + (automaton.classOf[byte] as number);
    let next = automaton.plain[transition] as number;
    let accepting = automaton.marked[transition] as number;
    if (next === STOP && accepting === STOP) {
      if (automaton.full) return false;
      automaton.build(this.row, byte);
      next = automaton.plain[transition] as number;
      accepting = automaton.marked[transition] as number;
    }
    this.hit = next === STOP;
    this.row = this.hit ? accepting : next;
    return true;
  }
}
