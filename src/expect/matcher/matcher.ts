/**
 * Which of several patterns comes first in the text of a console, decided as the text arrives.
 *
 * The rule is that of a reader who takes one byte at a time and after each asks every pattern about the unread
 * text (from the cursor, at most the look-back): the first byte after which one matches decides. In full:
 *
 * - *First complete wins*: the match that ends first, else the one that begins first, else list order. A
 *   character is there when its last byte is; an invalid byte, when the next one shows it to be.
 * - A pattern with a *closed* end is decided there and then.
 * - A pattern with an *open* end (see `pattern/open-end.ts`) is decided where more text is unlikely to change
 *   it: behind a line end, or when the console is quiet; then it runs on all text so far. When a closed one is
 *   complete before that, the open ones are asked too, and one that had ended before it wins.
 * - The unread text is all there is: `^` without the m flag is the cursor, and neither `\b` nor a look-behind
 *   sees what was read before. `$` without m is the end of the text that is there when it is decided.
 * - A line longer than the look-back counts as ended at every full look-back from the cursor.
 *
 * None of this depends on how the bytes were cut into chunks, but for what quiet decides.
 */
import type { CompiledPattern } from '../pattern/pattern.ts';
import type { TextWindow } from '../text/text-window.ts';
import { arrivingBytes } from '../text/utf8.ts';
import { DeferredHits, type Search } from './deferred-hits.ts';
import { HitReader } from './hit-reader.ts';
import { LineEnds } from './line-ends.ts';
import type { Match } from './match.ts';
import { type NearestMiss, nearestMiss } from './nearest-miss.ts';
import { earlier, search } from './verify.ts';

/** `pending` of a pattern that has no hit to decide. */
const NO_HIT = -1;
/** The longest character. */
const CHARACTER_BYTES = 4;
/** The next decision, where nothing waits for one. */
const UNASKED = -1;
const NONE: readonly number[] = [];

export class Matcher {
  readonly #patterns: readonly CompiledPattern[];
  readonly #window: TextWindow;
  readonly #cursor: number;
  readonly #lookBack: number;
  readonly #reader: HitReader;
  readonly #lineEnds: LineEnds;
  /** For each pattern with an open end, where its first hit since the last decision ended. */
  readonly #pending: number[];
  #pendingCount = 0;
  /** Closed patterns with a hit inside a character: asked again byte by byte until it is whole. */
  #late = NONE;
  readonly #deferred: DeferredHits;
  readonly #search: Search;
  #quietAt = -1;
  #match: Match | undefined;

  /**
   * @param window where the owner appends text before it calls {@link advance}
   * @param from the cursor: where the unread text begins
   */
  constructor(patterns: readonly CompiledPattern[], window: TextWindow, from: number) {
    this.#patterns = patterns;
    this.#window = window;
    this.#cursor = Math.max(from, window.start);
    this.#lookBack = longestLookBack(patterns);
    this.#pending = new Array(patterns.length).fill(NO_HIT);
    this.#deferred = new DeferredHits(patterns.length);
    this.#search = (index, firstEnd, to) =>
      search(patterns[index] as CompiledPattern, index, window, { cursor: this.#cursor, firstEnd, to });
    this.#reader = new HitReader(patterns, window, this.#cursor, this.#lookBack);
    this.#lineEnds = new LineEnds(window, this.#cursor, this.#lookBack);
  }

  /** Text before this offset is of no use to this matcher any more. */
  get needsFrom(): number {
    return Math.max(this.#cursor, this.#reader.at - this.#lookBack - 8);
  }

  /** Whether an open pattern waits for a decision: the owner then calls {@link quiet} when nothing more comes. */
  get undecided(): boolean {
    return this.#pendingCount > 0 && this.#quietAt !== this.#reader.at && this.#match === undefined;
  }

  /** Reads the text that was appended since the last call. The match, once there is one, stays the answer. */
  advance(): Match | undefined {
    if (this.#match) return this.#match;
    const { end } = this.#window;
    while (this.#match === undefined && this.#reader.at < end) this.#match = this.#step(end);
    if (this.#match === undefined) {
      const deferred = this.#deferred.settle(this.#search);
      this.#match = deferred && this.#orOpen(deferred.match, deferred.at);
    }
    return this.#match;
  }

  /** The console was quiet: decides the open patterns on the text so far. */
  quiet(): Match | undefined {
    this.#quietAt = this.#reader.at;
    this.#match ??= this.#askOpen(this.#reader.at, Number.POSITIVE_INFINITY);
    return this.#match;
  }

  /** For a message: which pattern came closest to a match in the unread text that is still held. */
  nearestMiss(): NearestMiss | undefined {
    return nearestMiss(this.#patterns, this.#window, this.#cursor);
  }

  /** Reads on to the next place where something may be decided, and decides it. */
  #step(end: number): Match | undefined {
    const from = this.#reader.at;
    const decision = this.#pendingCount > 0 ? this.#lineEnds.after(from, end) : UNASKED;
    const limit = this.#late.length > 0 ? from + 1 : decision === UNASKED ? end : Math.min(end, decision);
    const hits = this.#reader.read(limit, this.#pending);
    const { at } = this.#reader;
    const closed = hits.length + this.#late.length > 0 ? this.#askClosed(hits, at) : undefined;
    const decides =
      this.#pendingCount > 0 && (decision === UNASKED ? this.#lineEnds.isAt(at) : at === decision);
    if (!closed && !decides) return undefined;
    const deferred = this.#deferred.settle(this.#search);
    if (deferred && deferred.at < at) return this.#orOpen(deferred.match, deferred.at);
    const complete = earlier(closed, deferred?.match);
    if (!decides) return complete && this.#orOpen(complete, at);
    const match = earlier(complete, this.#askOpen(at, Number.POSITIVE_INFINITY));
    if (!match) this.#settle(at);
    return match;
  }

  /** Asks the closed patterns among `hits` and the late ones, and notes the open ones. */
  #askClosed(hits: readonly number[], at: number): Match | undefined {
    const late = this.#late;
    const inside = this.#insideCharacter(at);
    this.#late = inside ? late : NONE;
    let best: Match | undefined;
    // The character that was cut may have turned out to be none, and the match to have ended before it.
    for (const index of late) best = earlier(best, this.#search(index, at - CHARACTER_BYTES, at));
    for (const index of hits) {
      if (!this.#isClosed(index)) this.#note(index, at);
      else if (!inside) best = earlier(best, this.#deferred.ask(index, at, this.#search));
      else if (!late.includes(index)) this.#late = [...this.#late, index];
    }
    return best;
  }

  /** A closed match that is complete at `at`, or the open one that had ended before. */
  #orOpen(closed: Match, at: number): Match | undefined {
    return this.#pendingCount > 0 ? earlier(closed, this.#askOpen(at, at)) : closed;
  }

  /** Asks the open patterns that had a hit; only a match that ends before `before` counts. */
  #askOpen(at: number, before: number): Match | undefined {
    let best: Match | undefined;
    for (let index = 0; index < this.#pending.length; index++) {
      const firstEnd = this.#pending[index] as number;
      const match = firstEnd === NO_HIT || firstEnd > at ? undefined : this.#search(index, firstEnd, at);
      if (match && match.end < before) best = earlier(best, match);
    }
    return best;
  }

  /** Remembers the hit of an open pattern until the next decision. */
  #note(index: number, at: number): void {
    if (this.#pending[index] !== NO_HIT) return;
    this.#pending[index] = at;
    this.#pendingCount++;
  }

  #isClosed(index: number): boolean {
    return (this.#patterns[index] as CompiledPattern).end === 'closed';
  }

  /** A line ended and nothing matched: hits in it are done with, but for one at its end that looks ahead. */
  #settle(at: number): void {
    this.#pending.fill(NO_HIT);
    this.#pendingCount = 0;
    for (const index of this.#reader.hits) {
      if (!this.#isClosed(index) && this.#patterns[index]?.asksNext) this.#note(index, at);
    }
  }

  #insideCharacter(at: number): boolean {
    const { bytes, base } = this.#window;
    if ((bytes[at - 1 - base] as number) < 0x80) return false;
    return arrivingBytes(bytes, Math.max(this.#cursor, this.#window.start) - base, at - base) > 0;
  }
}

function longestLookBack(patterns: readonly CompiledPattern[]): number {
  let longest = 0;
  for (const { lookBack } of patterns) longest = Math.max(longest, lookBack);
  return longest;
}
