/**
 * Hits of closed patterns that are not verified at once. A pattern whose hits keep turning out to be none (its
 * beginning is in every line, or on every byte of a line without end) is asked once about all the text at hand:
 * if it matches nowhere in there, none of its hits was one, and if it does, the first of them is found by halving.
 */
import type { Match } from './match.ts';
import { earlier } from './verify.ts';

/** So many hits that were none, and a pattern's hits are deferred. */
const MISSES_TO_DEFER = 8;

/** Runs a pattern on the text up to `to`, for matches that end at `firstEnd` or later. */
export type Search = (index: number, firstEnd: number, to: number) => Match | undefined;

/** A match and the hit that was it. Where bytes are invalid the match may have ended before its hit. */
export interface Verified {
  readonly match: Match;
  readonly at: number;
}

export class DeferredHits {
  /** For each pattern how often a hit was none. */
  readonly #misses: number[];
  /** For each pattern where its deferred hits ended. */
  readonly #ends: number[][];
  #count = 0;

  constructor(patterns: number) {
    this.#misses = new Array(patterns).fill(0);
    this.#ends = new Array(patterns);
  }

  /** Verifies a hit, or keeps it for {@link settle}. */
  ask(index: number, end: number, search: Search): Match | undefined {
    if ((this.#misses[index] as number) >= MISSES_TO_DEFER) {
      this.#ends[index] ??= [];
      this.#ends[index].push(end);
      this.#count++;
      return undefined;
    }
    const match = search(index, end, end);
    if (!match) this.#misses[index] = (this.#misses[index] as number) + 1;
    return match;
  }

  /** Verifies all that was kept: the first that is a match. */
  settle(search: Search): Verified | undefined {
    if (this.#count === 0) return undefined;
    this.#count = 0;
    let best: Verified | undefined;
    for (const [index, ends] of this.#ends.entries()) {
      if (!ends?.length) continue;
      const found = firstMatch(index, ends, search);
      if (found && (!best || comesFirst(found, best))) best = found;
      ends.length = 0;
    }
    return best;
  }
}

function comesFirst(a: Verified, b: Verified): boolean {
  return a.at < b.at || (a.at === b.at && earlier(a.match, b.match) === a.match);
}

function firstMatch(index: number, ends: readonly number[], search: Search): Verified | undefined {
  const firstEnd = ends[0] as number;
  let high = ends.length - 1;
  let match = search(index, firstEnd, ends[high] as number);
  if (!match) return undefined;
  // Of a closed pattern: what has a match up to some hit has one up to every later hit.
  for (let low = 0; low < high; ) {
    const middle = (low + high) >> 1;
    const sooner = search(index, firstEnd, ends[middle] as number);
    if (sooner) {
      match = sooner;
      high = middle;
    } else low = middle + 1;
  }
  return { match, at: ends[high] as number };
}
