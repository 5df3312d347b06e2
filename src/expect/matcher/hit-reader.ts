/**
 * Reads text through the automaton of a pattern list, from hit to hit.
 */
import type { CompiledPattern } from '../pattern/pattern.ts';
import type { TextWindow } from '../text/text-window.ts';
import { automatonFor, type Grain, keep } from './automaton-cache.ts';
import type { LazyAutomaton } from './lazy-automaton.ts';
import { TextRun } from './text-run.ts';

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
  #automatonSince: number;
  #run: TextRun;
  /** Text up to here was read. */
  at: number;

  constructor(patterns: readonly CompiledPattern[], window: TextWindow, cursor: number, lookBack: number) {
    this.#patterns = patterns;
    this.#window = window;
    this.#lookBack = lookBack;
    this.#automaton = automatonFor(patterns, this.#grain);
    this.#run = new TextRun(this.#automaton, this.#automaton.start);
    this.#cursor = this.at = this.#automatonSince = cursor;
  }

  /** The patterns that may end where reading stands. */
  get hits(): readonly number[] {
    return this.#automaton.accepts(this.#run.row);
  }

  /**
   * Reads on to the next hit, at most to `limit`; answers the patterns that may end there. A hit is passed over
   * when `pending` has an entry of 0 or more for each of its patterns.
   */
  read(limit: number, pending: readonly number[]): readonly number[] {
    const { bytes, base, start } = this.#window;
    // Text that was dropped unread: nothing that began in it can be matched.
    if (this.at < start) this.#enter(start, this.#automaton, this.#automaton.middle);
    while (this.at < limit) {
      this.at = this.#run.read(bytes, base, this.at, limit);
      if (!this.#run.hit) this.#makeRoom(limit);
      else if (!allPending(this.hits, pending)) return this.hits;
    }
    return NONE;
  }

  #enter(at: number, automaton: LazyAutomaton, row: number): void {
    this.at = at;
    this.#automaton = automaton;
    this.#run = new TextRun(automaton, row);
  }

  /**
   * Short of the limit the automaton is full: goes on in a fresh one, or in a coarser one when that filled too
   * fast.
   */
  #makeRoom(limit: number): void {
    if (this.at === limit) return;
    const slow = this.at - this.#automatonSince > BYTES_PER_STATE * this.#automaton.states;
    this.#automatonSince = this.at;
    if (this.#grain === 'coarse' || slow) this.#succeed();
    else this.#coarsen();
  }

  #succeed(): void {
    const successor = this.#automaton.successor(this.#run.row);
    this.#enter(this.at, successor, successor.entry);
    keep(this.#patterns, this.#grain, successor);
  }

  /** Brings the coarse automaton to where reading stands: no match reaches back further than the look-back. */
  #coarsen(): void {
    const to = this.at;
    const { bytes, base, start } = this.#window;
    this.#grain = 'coarse';
    const coarse = automatonFor(this.#patterns, this.#grain);
    const from = Math.max(this.#cursor, start, to - this.#lookBack);
    this.#enter(from, coarse, from === this.#cursor ? coarse.start : coarse.middle);
    while (this.at < to) {
      this.at = this.#run.read(bytes, base, this.at, to);
      if (!this.#run.hit && this.at < to) this.#succeed();
    }
  }
}

function allPending(hits: readonly number[], pending: readonly number[]): boolean {
  for (const pattern of hits) if ((pending[pattern] as number) < 0) return false;
  return true;
}
