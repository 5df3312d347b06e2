/**
 * Reading text through an automaton: the inner loop of all waiting.
 */
import { type LazyAutomaton, STOP } from './lazy-automaton.ts';

export class TextRun {
  readonly #automaton: LazyAutomaton;
  /** The row where reading stands. */
  row: number;
  /** Whether that row accepts. */
  hit = false;

  constructor(automaton: LazyAutomaton, row: number) {
    this.#automaton = automaton;
    this.row = row;
  }

  /**
   * Reads `bytes[at, end)`. Stops behind the first byte that leads to an accepting row (a {@link hit}), where
   * the automaton is full, or at `end`, and answers where.
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    this.hit = false;
    let now = at;
    while (now < end && !this.hit) {
      now = this.#goOn(bytes, now, end);
      for (const near = Math.min(end, now + 4); now < near && !this.hit; now++)
        if (!this.#take(bytes[now] as number)) return now;
    }
    return now;
  }

  /** The inner loop: goes on while there is nothing to do, stops up to four bytes before there is. */
  #goOn(bytes: Uint8Array, at: number, end: number): number {
    const { classOf, plain } = this.#automaton;
    let i = at;
    let row = this.row;
    // Each row has to wait for the row before. A look at every single one would be one more thing to wait for.
    for (const last = end - 3; i < last; i += 4) {
      const one = plain[row + (classOf[bytes[i] as number] as number)] as number;
      const two = plain[one + (classOf[bytes[i + 1] as number] as number)] as number;
      const three = plain[two + (classOf[bytes[i + 2] as number] as number)] as number;
      const four = plain[three + (classOf[bytes[i + 3] as number] as number)] as number;
      if (four === STOP) break;
      row = four;
    }
    this.row = row;
    return i;
  }

  /** Reads one byte; false where it leads to a state that there is no room for. */
  #take(byte: number): boolean {
    const automaton = this.#automaton;
    const transition = this.row + (automaton.classOf[byte] as number);
    if (automaton.plain[transition] === STOP && automaton.marked[transition] === STOP) {
      if (automaton.full) return false;
      automaton.build(this.row, byte);
    }
    this.hit = automaton.plain[transition] === STOP;
    this.row = (this.hit ? automaton.marked[transition] : automaton.plain[transition]) as number;
    return true;
  }
}
