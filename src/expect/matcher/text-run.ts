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
      if (now === end || !this.#take(bytes[now] as number)) return now;
      now++;
    }
    return now;
  }

  /** The inner loop: goes on while there is nothing to do but go on. */
  #goOn(bytes: Uint8Array, at: number, end: number): number {
    const { classOf, plain } = this.#automaton;
    let i = at;
    let row = this.row;
    for (; i < end; i++) {
      const next = plain[row + (classOf[bytes[i] as number] as number)] as number;
      if (next === STOP) break;
      row = next;
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
