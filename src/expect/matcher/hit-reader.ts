/**
 * Reads text through the automaton of a pattern list, from hit to hit.
 */
import type { CompiledPattern } from '../pattern/pattern.ts';
import type { TextWindow } from '../text/text-window.ts';
import { automatonFor, type Grain, keep } from './automaton-cache.ts';
import type { LazyAutomaton } from './lazy-automaton.ts';

/** An automaton that fills up within this many bytes for each of its states is too fine for this text. */
const BYTES_PER_STATE = 64;
const NONE: readonly number[] = [];

export class HitReader {
  readonly #patterns: readonly CompiledPattern[];
  readonly #window: TextWindow;
  readonly #cursor: number;
  readonly #lookBack: number;
  #grain: Grain = 'fine';
  #automaton: LazyAutomaton;
  #row: number;
  #automatonSince: number;
  /** Text up to here was read. */
  at: number;

  constructor(patterns: readonly CompiledPattern[], window: TextWindow, cursor: number, lookBack: number) {
    this.#patterns = patterns;
    this.#window = window;
    this.#lookBack = lookBack;
    this.#automaton = automatonFor(patterns, this.#grain);
    this.#row = this.#automaton.start;
    this.#cursor = this.at = this.#automatonSince = cursor;
  }

  /** The patterns that may end where reading stands. */
  get hits(): readonly number[] {
    return this.#automaton.accepts(this.#row);
  }

  /**
   * Reads on to the next hit of a pattern that is not `known` to have had one, at most to `limit`; answers the
   * patterns that may end there.
   */
  read(limit: number, known: (pattern: number) => boolean): readonly number[] {
    const { bytes, base, start } = this.#window;
    // Text that was dropped unread: nothing that began in it can be matched.
    if (this.at < start) this.#enter(start, this.#automaton.middle);
    while (this.at < limit) {
      this.at = base + this.#automaton.run(bytes, this.at - base, limit - base, this.#row);
      this.#row = this.#automaton.row;
      if (!this.#automaton.hit) this.#makeRoom(limit);
      else if (!this.hits.every(known)) return this.hits;
    }
    return NONE;
  }

  #enter(at: number, row: number): void {
    this.at = at;
    this.#row = row;
  }

  /** Short of the limit the automaton is full: goes on in a fresh one, or in a coarser one when that filled too fast. */
  #makeRoom(limit: number): void {
    if (this.at === limit) return;
    const slow = this.at - this.#automatonSince > BYTES_PER_STATE * this.#automaton.states;
    this.#automatonSince = this.at;
    if (this.#grain === 'coarse' || slow) this.#succeed();
    else this.#coarsen();
  }

  #succeed(): void {
    this.#automaton = this.#automaton.successor(this.#row);
    this.#row = this.#automaton.row;
    keep(this.#patterns, this.#grain, this.#automaton);
  }

  /** Brings the coarse automaton to where reading stands: no match reaches back further than the look-back. */
  #coarsen(): void {
    const to = this.at;
    const { bytes, base, start } = this.#window;
    this.#grain = 'coarse';
    this.#automaton = automatonFor(this.#patterns, this.#grain);
    const from = Math.max(this.#cursor, start, to - this.#lookBack);
    this.#enter(from, from === this.#cursor ? this.#automaton.start : this.#automaton.middle);
    while (this.at < to) {
      this.at = base + this.#automaton.run(bytes, this.at - base, to - base, this.#row);
      this.#row = this.#automaton.row;
      if (!this.#automaton.hit && this.at < to) this.#succeed();
    }
  }
}
