/**
 * A console: our handle on one serial port of a machine, or on one guest in it. It owns the wire, survives its
 * replacement (a machine may change its QEMU process), and keeps one reading position: what follows a match stays
 * unread for the next wait.
 */
import { ExpectTimeoutError, type FailureFacts, ScenarioError } from '../errors.ts';
import { type Condition, ending, type Watched } from './ending.ts';
import { type Interrupt, NEVER_INTERRUPTED } from './interrupt.ts';
import { KEYS, type Key } from './keys.ts';
import { Listeners } from './listeners.ts';
import { compilePattern } from './pattern/compile.ts';
import { describePattern, type Pattern } from './pattern/pattern.ts';
import { Reading } from './reading.ts';
import { Screen } from './screen.ts';
import type { Transcript } from './transcript.ts';
import { type TypingCount, Typist } from './typist.ts';
import { type Awaited, awaitedPatterns, heardOf, type Miss, waitFailure } from './wait-failure.ts';
import type { Wire } from './wire.ts';

export interface WaitOptions {
  /** How long to wait at most, ms. Default 60 000; never beyond the console's own limit. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
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
  /** Adds what only the owner knows to the facts of a failure: machine, milestones, transcript. */
  readonly explain?: (facts: FailureFacts) => FailureFacts;
}

export const DEFAULT_TIMEOUT_MS = 60_000;
const LINES_IN_ERRORS = 12;
const QUIET_TIMEOUT_MS = 2_000;
/** `before` is for people and small parsers; a longer text is in the transcript. */
const MAX_BEFORE_BYTES = 1 << 20;
/** A wire may hand over any amount at once; it is taken in pieces that the window in memory can hold. */
const PIECE_BYTES = 1 << 18;

export class Console implements Watched {
  readonly name: string;
  readonly transcript: Transcript;
  readonly interrupt: Interrupt;
  readonly #context: ConsoleContext;
  readonly #observers = new Listeners<void>();
  readonly #waits = new Listeners<void>();
  readonly #taps = new Listeners<Uint8Array>();
  readonly #typist: Typist;
  #wire: Wire | undefined;
  #ended = false;
  #cursor = 0;
  #waiting: string | undefined;
  #screen: Screen | undefined;

  constructor(name: string, transcript: Transcript, context: ConsoleContext = {}) {
    this.name = name;
    this.transcript = transcript;
    this.interrupt = context.interrupt ?? NEVER_INTERRUPTED;
    this.#context = context;
    this.#typist = new Typist(this, () => this.#changed());
  }

  /** Connects the console to a (new) wire; the old one is closed, the transcript goes on. */
  attach(wire: Wire): void {
    this.#wire?.close();
    if (this.#wire) this.transcript.cut();
    this.#wire = wire;
    this.#ended = false;
    wire.open({
      bytes: (chunk) => {
        for (let at = 0; at < chunk.length && this.#wire === wire; at += PIECE_BYTES)
          this.#receive(chunk.length <= PIECE_BYTES ? chunk : chunk.subarray(at, at + PIECE_BYTES));
      },
      end: () => {
        if (this.#wire !== wire) return;
        this.#ended = true;
        this.#changed();
      },
    });
  }

  /** No more bytes can come (until another wire is attached). */
  get ended(): boolean {
    return this.#ended;
  }

  /** Characters sent, echoed and sent again. */
  get typing(): TypingCount {
    return this.#typist.count;
  }

  /** Where the unread text starts. */
  get cursor(): number {
    return this.#cursor;
  }

  /** The terminal screen of this console, for full-screen menus. */
  get screen(): Screen {
    this.#screen ??= new Screen(this);
    return this.#screen;
  }

  /** Calls back after every change, after the observers, until the returned function is called. */
  onChange(listener: () => void): () => void {
    return this.#waits.add(listener);
  }

  /**
   * Calls back after every change *before* any wait looks at it: for who looks for failures, which must be known
   * when a wait is judged. Returns how to stop.
   */
  observe(observer: () => void): () => void {
    return this.#observers.add(observer);
  }

  /** Hands on the raw bytes as they come; the array is only valid during the call. Returns how to stop. */
  onBytes(tap: (chunk: Uint8Array) => void): () => void {
    return this.#taps.add(tap);
  }

  /**
   * Waits for a pattern in the unread text. What follows the match stays unread; echoes of what was typed don't count.
   * @throws ExpectTimeoutError, KnownFailureError, EndOfStreamError, AbortError; ScenarioError for a bad pattern.
   */
  async expect(pattern: Pattern, options?: WaitOptions): Promise<Seen> {
    return (await this.#expect([['', pattern]], options)).seen;
  }

  /**
   * Waits for the first of several named patterns: the one whose match is complete first in the stream.
   * @example const seen = await console.expectOneOf({ login: 'login: ', emergency: /emergency mode/ });
   */
  async expectOneOf<Name extends string>(
    patterns: Readonly<Record<Name, Pattern>>,
    options?: WaitOptions,
  ): Promise<Seen & { readonly is: Name }> {
    const entries = Object.entries<Pattern>(patterns) as [Name, Pattern][];
    const { seen, index } = await this.#expect(entries, options);
    return { ...seen, is: (entries[index] as [Name, Pattern])[0] };
  }

  /** Types text, paced by its echo. @throws TypingError when the echo does not come or comes differently. */
  async type(text: string, options?: WaitOptions): Promise<void> {
    await this.#typist.type(text, options);
  }

  /** Types text anew after it was given up on (its line was killed); counted as retyped. */
  async retype(text: string, options?: WaitOptions): Promise<void> {
    await this.#typist.retype(text, options);
  }

  /** Types a line and Enter. */
  async sendLine(line: string, options?: WaitOptions): Promise<void> {
    await this.type(line, options);
    this.press('enter');
  }

  /** Types what the guest does not echo: a password. Never shown in errors, nor kept in the transcript. */
  async typeHidden(secret: string, options?: WaitOptions): Promise<void> {
    await this.#typist.typeHidden(secret, options);
  }

  /** Presses one key; does not wait for anything. */
  press(key: Key): void {
    this.send(Buffer.from(KEYS[key], 'latin1'));
  }

  /** Sends bytes as they are, at once: only for who paces by other means (a screen, a protocol). */
  send(bytes: Uint8Array, { recordAs = bytes }: { readonly recordAs?: Uint8Array } = {}): void {
    this.transcript.sent(recordAs);
    this.#wire?.send(bytes);
  }

  /** Reads on: the unread text is dropped up to `offset` (default: all). */
  skip(offset: number = this.transcript.end): void {
    this.#cursor = Math.max(this.#cursor, Math.min(offset, this.transcript.end));
  }

  /**
   * Waits for any condition on this console, described by `doing`; the general form of `expect`.
   * @throws as `expect` does.
   */
  async until<T>(doing: string, condition: Condition<T>, options?: WaitOptions): Promise<T> {
    return this.#until({ doing, missed: `did not show ${doing}` }, condition, options);
  }

  /** Waits until the console has printed nothing for a moment; for 2 s at most, as some never do. */
  async untilQuiet({ signal }: Pick<WaitOptions, 'signal'> = {}): Promise<void> {
    const never = { check: () => undefined, undecided: () => true, quiet: () => true };
    const wait = { timeout: QUIET_TIMEOUT_MS, ...(signal && { signal }) };
    await this.until('quiet', never, wait).catch((error: unknown) => {
      if (!(error instanceof ExpectTimeoutError)) throw error;
    });
  }

  async #until<T>(awaited: Awaited, condition: Condition<T>, options: WaitOptions = {}): Promise<T> {
    const { timeout = DEFAULT_TIMEOUT_MS, signal: asked } = options;
    if (!(timeout >= 0))
      throw new ScenarioError(`timeout must be a number of milliseconds from 0 on, not ${timeout}`);
    const { signal: own, remainingMs } = this.#context;
    const timeoutMs = Math.min(timeout, remainingMs?.() ?? Number.POSITIVE_INFINITY);
    const signal = asked && own ? AbortSignal.any([asked, own]) : (asked ?? own);
    const end = await ending(this, condition, { timeoutMs, signal });
    if (end.kind === 'matched') return end.value;
    throw waitFailure(end, {
      awaited,
      console: this.name,
      timeoutMs,
      isTestsEnd: timeoutMs < timeout,
      facts: this.#facts(awaited.doing, end),
    });
  }

  async #expect(
    patterns: readonly [string, Pattern][],
    options?: WaitOptions,
  ): Promise<{ seen: Seen; index: number }> {
    if (patterns.length === 0) throw new ScenarioError('expectOneOf() was given no pattern to wait for');
    const awaited = awaitedPatterns(
      patterns.map(([name, pattern]) => `${name} ${describePattern(pattern)}`.trimStart()),
    );
    if (this.#waiting !== undefined)
      throw new ScenarioError(`console "${this.name}" is already waiting for ${this.#waiting}`, {
        doing: awaited.doing,
        next: 'await one wait before the next, or wait for both at once with expectOneOf',
      });
    const from = this.#cursor;
    const compiled = patterns.map(([, pattern]) => compilePattern(pattern));
    const reading = new Reading(this.transcript, compiled, from);
    this.#waiting = awaited.doing;
    try {
      const { index, ...match } = await this.#until(
        awaited,
        {
          check: () => reading.advance(),
          offsetOf: ({ end }) => end,
          postponed: () => reading.postponed,
          undecided: () => reading.undecided,
          quiet: () => reading.quiet(),
        },
        options,
      );
      this.#cursor = match.end;
      const before = this.transcript.text(Math.max(from, match.start - MAX_BEFORE_BYTES), match.start);
      return { index, seen: { ...match, before, atMs: this.transcript.atMs(match.end - 1) } };
    } finally {
      this.#waiting = undefined;
    }
  }

  #facts(doing: string, miss: Miss): FailureFacts {
    const own: FailureFacts = {
      doing,
      console: this.name,
      heard: heardOf(this.transcript, this.#cursor),
      lastLines: this.transcript.tail(LINES_IN_ERRORS),
      ...(miss.kind === 'interrupted' && miss.failure.facts),
    };
    return this.#context.explain?.(own) ?? own;
  }

  #receive(chunk: Uint8Array): void {
    this.transcript.receive(chunk);
    this.#taps.call(chunk);
    this.#changed();
  }

  #changed(): void {
    this.#observers.call();
    this.#waits.call();
  }
}
