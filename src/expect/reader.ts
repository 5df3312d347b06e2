/**
 * Reads a console: keeps the reading position, waits for what is to come, and says what went wrong when it does not.
 */
import { type EvidenceLine, ExpectTimeoutError, type FailureFacts, ScenarioError } from '../errors.ts';
import { type Condition, ending, type Watched } from './ending.ts';
import { hindsight } from './hindsight.ts';
import type { Interrupt } from './interrupt.ts';
import type { Match } from './matcher/match.ts';
import { compilePattern } from './pattern/compile.ts';
import { describePattern, type Pattern } from './pattern/pattern.ts';
import { Reading } from './reading.ts';
import type { Transcript } from './transcript.ts';
import { type Awaited, awaitedPatterns, heardOf, type Miss, waitFailure } from './wait-failure.ts';

export interface WaitOptions {
  /** How long to wait at most, ms. Default 60 000; never beyond the console's own limit. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /**
   * End as soon as the unread text shows that what runs on this console has failed (a package manager without its
   * repository, say), though the guest itself goes on.
   */
  readonly failFast?: boolean;
}

/** What a wait saw. */
export interface Seen {
  /** Unread text before the match; the last MiB of it, if it is longer. */
  readonly before: string;
  readonly text: string;
  /** Capture groups; `groups[0]` is the first group. */
  readonly groups: readonly (string | undefined)[];
  readonly named: Readonly<Record<string, string | undefined>>;
  /** When its last byte was received, ms since power-on. */
  readonly atMs: number;
  /** Text offset of its first byte. */
  readonly start: number;
  /** Text offset just behind it. */
  readonly end: number;
}

/** What the console's owner injects. */
export interface ConsoleContext {
  readonly interrupt?: Interrupt;
  /** Ends every wait when the run is cancelled. */
  readonly signal?: AbortSignal;
  /** How long a wait may take at most, ms: what is left of the test, say. */
  readonly remainingMs?: () => number;
  /** Why the console has ended, where the owner knows more than that it did. */
  readonly whyEnded?: () => ConsoleEnd | undefined;
  /** Adds what only the owner knows to the facts of a failure: machine, milestones, transcript. */
  readonly explain?: (facts: FailureFacts) => FailureFacts;
}

/** Why no more bytes can come. */
export interface ConsoleEnd {
  /** Name of the failure class, as the owner of the console names them. */
  readonly failureClass: string;
  /** Whose doing it was: the guest's (it powered off), or the host's (the emulator died). */
  readonly blame: 'guest' | 'host';
  readonly cause: string;
  readonly remedy: string;
}

export const DEFAULT_TIMEOUT_MS = 60_000;
const LINES_IN_ERRORS = 12;
const QUIET_TIMEOUT_MS = 2_000;
/** `before` is for people and small parsers; a longer text is in the transcript. */
const MAX_BEFORE_BYTES = 1 << 20;

export class Reader {
  readonly #watched: Watched;
  readonly #transcript: Transcript;
  readonly #context: ConsoleContext;
  #cursor = 0;
  #waiting: string | undefined;

  constructor(watched: Watched, transcript: Transcript, context: ConsoleContext) {
    this.#watched = watched;
    this.#transcript = transcript;
    this.#context = context;
  }

  /** Where the unread text starts. */
  get cursor(): number {
    return this.#cursor;
  }

  skip(offset: number): void {
    this.#cursor = Math.max(this.#cursor, Math.min(offset, this.#transcript.end));
  }

  /** Waits for one of several patterns, each with a name that may be empty; answers its index as well. */
  async expect(
    patterns: readonly (readonly [name: string, pattern: Pattern])[],
    options?: WaitOptions,
  ): Promise<{ readonly seen: Seen; readonly index: number }> {
    if (patterns.length === 0) throw new ScenarioError('expectOneOf() was given no pattern to wait for');
    const from = this.#cursor;
    const compiled = patterns.map(([, pattern]) => compilePattern(pattern));
    const awaited = awaitedPatterns(
      patterns.map(([name, pattern]) => `${name} ${describePattern(pattern)}`.trimStart()),
      () => hindsight(compiled, this.#transcript, from),
    );
    const match = await this.#alone(awaited.doing, () =>
      this.#until(awaited, conditionOf(new Reading(this.#transcript, compiled, from)), options, from),
    );
    this.#cursor = match.end;
    const { index, ...matched } = match;
    const before = this.#transcript.text(Math.max(from, match.start - MAX_BEFORE_BYTES), match.start);
    return { index, seen: { ...matched, before, atMs: this.#transcript.atMs(match.end - 1) } };
  }

  /** Waits for any condition; `doing` names it. */
  async until<T>(doing: string, condition: Condition<T>, options?: WaitOptions): Promise<T> {
    return this.#until({ doing, missed: `did not show ${doing}`, why: () => undefined }, condition, options);
  }

  /** Waits until nothing has been printed for a moment; for 2 s at most, as some consoles never rest. */
  async untilQuiet({ signal }: Pick<WaitOptions, 'signal'> = {}): Promise<void> {
    const quiet = { check: () => undefined, undecided: () => true, quiet: () => true };
    const wait = { timeout: QUIET_TIMEOUT_MS, ...(signal && { signal }) };
    await this.until('quiet', quiet, wait).catch((error: unknown) => {
      if (!(error instanceof ExpectTimeoutError)) throw error;
    });
  }

  /** Two waits at once would both read on from one position. */
  async #alone<T>(doing: string, wait: () => Promise<T>): Promise<T> {
    if (this.#waiting !== undefined)
      throw new ScenarioError(`console "${this.#watched.name}" is already waiting for ${this.#waiting}`, {
        doing,
        next: 'await one wait before the next, or wait for both at once with expectOneOf',
      });
    this.#waiting = doing;
    try {
      return await wait();
    } finally {
      this.#waiting = undefined;
    }
  }

  async #until<T>(
    awaited: Awaited,
    condition: Condition<T>,
    { timeout = DEFAULT_TIMEOUT_MS, signal: asked, failFast }: WaitOptions = {},
    from = this.#cursor,
  ): Promise<T> {
    if (!(timeout >= 0))
      throw new ScenarioError(`timeout must be a number of milliseconds from 0 on, not ${timeout}`);
    const { signal: own, remainingMs } = this.#context;
    const timeoutMs = Math.min(timeout, remainingMs?.() ?? Number.POSITIVE_INFINITY);
    const signal = asked && own ? AbortSignal.any([asked, own]) : (asked ?? own);
    const limits = { timeoutMs, signal, setbacksFrom: failFast ? from : undefined };
    const end = await ending(this.#watched, condition, limits);
    if (end.kind === 'matched') return end.value;
    throw waitFailure(end, {
      awaited,
      console: this.#watched.name,
      timeoutMs,
      isTestsEnd: timeoutMs < timeout,
      whyEnded: end.kind === 'ended' ? this.#context.whyEnded?.() : undefined,
      facts: this.#facts(awaited, end, condition.evidence?.()),
    });
  }

  #facts(
    { doing, missed, why }: Awaited,
    miss: Miss,
    lastLines: readonly EvidenceLine[] = this.#transcript.tail(LINES_IN_ERRORS),
  ): FailureFacts {
    const isSilence = miss.kind === 'deadline' || miss.kind === 'ended';
    const probably = isSilence ? why() : undefined;
    const own: FailureFacts = {
      // Where the summary says it in other words, this row would say it once more.
      ...(missed.includes(doing) && { doing }),
      console: this.#watched.name,
      ...(isSilence && { heard: heardOf(this.#transcript, this.#cursor) }),
      ...(probably !== undefined && { probably }),
      lastLines,
      ...(miss.kind === 'interrupted' && miss.failure.facts),
      ...(miss.kind === 'ended' && this.#factsOfEnd()),
    };
    return this.#context.explain?.(own) ?? own;
  }

  #factsOfEnd(): FailureFacts {
    const end = this.#context.whyEnded?.();
    return end ? { failureClass: end.failureClass, probably: end.cause, next: end.remedy } : {};
  }
}

function conditionOf(reading: Reading): Condition<Match> {
  return {
    check: () => reading.advance(),
    offsetOf: ({ end }) => end,
    postponed: () => reading.postponed,
    undecided: () => reading.undecided,
    quiet: () => reading.quiet(),
  };
}
