/**
 * A console: our handle on one serial port of a machine, or on one guest in it. It owns the wire, survives its
 * replacement (a machine may change its QEMU process), and keeps one reading position: what follows a match stays
 * unread for the next wait.
 */
import {
  AbortError,
  EndOfStreamError,
  ExpectTimeoutError,
  type FailureFacts,
  KnownFailureError,
  ScenarioError,
} from '../errors.ts';
import { type Condition, type Ending, ending, type Watched } from './ending.ts';
import { type Interrupt, NEVER_INTERRUPTED } from './interrupt.ts';
import { KEYS, type Key } from './keys.ts';
import { Matcher } from './matcher/matcher.ts';
import { compilePattern } from './pattern/compile.ts';
import { describePattern, type Pattern } from './pattern/pattern.ts';
import { Screen } from './screen.ts';
import type { Transcript } from './transcript.ts';
import { type TypingCount, Typist } from './typist.ts';
import type { Wire } from './wire.ts';

export interface WaitOptions {
  /** How long to wait at most, ms. Default 60 000; never beyond the console's own limit. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** What a wait saw. */
export interface Seen {
  /** Unread text before the match. */
  readonly before: string;
  readonly text: string;
  /** Capture groups; `groups[0]` is the first group. */
  readonly groups: readonly (string | undefined)[];
  readonly named: Readonly<Record<string, string | undefined>>;
  /** When its last byte was received, ms since power-on. */
  readonly atMs: number;
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

export class Console implements Watched {
  readonly name: string;
  readonly transcript: Transcript;
  readonly interrupt: Interrupt;
  readonly #context: ConsoleContext;
  readonly #listeners = new Set<() => void>();
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
    this.#typist = new Typist(this);
  }

  /** Connects the console to a (new) wire; the old one is closed, the transcript goes on. */
  attach(wire: Wire): void {
    this.#wire?.close();
    this.#wire = wire;
    this.#ended = false;
    wire.open({
      bytes: (chunk) => {
        if (this.#wire !== wire) return;
        this.transcript.receive(chunk);
        this.#screen?.write(chunk);
        this.#changed();
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

  /** Calls back after every change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Waits for a pattern in the unread text. What follows the match stays unread.
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

  /** Types text, paced by its echo, and reads past the echo. @throws TypingError when the echo does not come. */
  async type(text: string, options?: WaitOptions): Promise<void> {
    await this.#typist.type(text, options);
  }

  /** Types text anew after it was given up on (its line was killed); counted as retyped. */
  async retype(text: string, options?: WaitOptions): Promise<void> {
    this.#typist.retyping(text.length);
    await this.#typist.type(text, options);
  }

  /** Types a line and Enter. */
  async sendLine(line: string, options?: WaitOptions): Promise<void> {
    await this.type(line, options);
    this.press('enter');
  }

  /** Types what the guest does not echo: a password. Never shown in errors. */
  async typeHidden(secret: string): Promise<void> {
    await this.#typist.typeHidden(secret);
  }

  /** Presses one key; does not wait for anything. */
  press(key: Key): void {
    this.send(Buffer.from(KEYS[key], 'latin1'));
  }

  /** Sends bytes as they are, at once: only for who paces by other means (a screen, a protocol). */
  send(bytes: Uint8Array): void {
    this.transcript.sent(bytes);
    this.#wire?.send(bytes);
  }

  /** The terminal screen of this console, for full-screen menus; it is kept up to date from the first call on. */
  get screen(): Screen {
    this.#screen ??= new Screen(this);
    return this.#screen;
  }

  /** Reads on: the unread text is dropped up to `offset` (default: all). */
  skip(offset: number = this.transcript.end): void {
    this.#cursor = Math.max(this.#cursor, offset);
  }

  /** Where the unread text starts. */
  get cursor(): number {
    return this.#cursor;
  }

  /**
   * Waits for any condition on this console, described by `doing`; the general form of `expect`.
   * @throws as `expect` does.
   */
  async until<T>(doing: string, condition: Condition<T>, options: WaitOptions = {}): Promise<T> {
    const timeoutMs = Math.min(
      options.timeout ?? DEFAULT_TIMEOUT_MS,
      this.#context.remainingMs?.() ?? Number.POSITIVE_INFINITY,
    );
    const signals = [options.signal, this.#context.signal].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    const result = await ending(this, condition, { timeoutMs, signal });
    return result.kind === 'matched' ? result.value : this.fail(doing, result, timeoutMs);
  }

  /** Turns an ending without a match into its error. */
  fail<T>(doing: string, result: Exclude<Ending<T>, { kind: 'matched' }>, timeoutMs: number): never {
    const where = `console "${this.name}"`;
    const facts = this.#facts(doing, result.kind === 'interrupted' ? result.failure.facts : {});
    switch (result.kind) {
      case 'interrupted': {
        const { failureClass, evidence, console } = result.failure;
        const elsewhere = console === this.name ? '' : ` on console "${console}"`;
        throw new KnownFailureError(
          `${failureClass}: "${evidence}"${elsewhere} while ${where} was waiting for ${doing}`,
          failureClass,
          facts,
        );
      }
      case 'deadline':
        throw new ExpectTimeoutError(
          `${where} did not print ${doing} within ${seconds(timeoutMs)}`,
          timeoutMs,
          facts,
        );
      case 'ended':
        throw new EndOfStreamError(`${where} ended before it printed ${doing}`, facts);
      case 'aborted':
        throw new AbortError(`the run was cancelled while ${where} was waiting for ${doing}`, facts, {
          cause: result.reason,
        });
    }
  }

  async #expect(
    patterns: [string, Pattern][],
    options?: WaitOptions,
  ): Promise<{ seen: Seen; index: number }> {
    const doing = patterns
      .map(([name, pattern]) => (name ? `${name} ${describePattern(pattern)}` : describePattern(pattern)))
      .join(' or ');
    if (this.#waiting)
      throw new ScenarioError(`console "${this.name}" is already waiting for ${this.#waiting}`, {
        doing,
        next: 'await one wait before the next, or wait for both at once with expectOneOf',
      });
    const from = this.#cursor;
    const matcher = new Matcher(
      patterns.map(([, pattern]) => compilePattern(pattern)),
      this.transcript.window,
      from,
    );
    this.#waiting = doing;
    try {
      const match = await this.until(
        doing,
        {
          check: () => matcher.advance(),
          offsetOf: ({ end }) => end,
          undecided: () => matcher.undecided,
          quiet: () => matcher.quiet(),
        },
        options,
      );
      this.#cursor = match.end;
      return {
        index: match.index,
        seen: {
          before: this.transcript.text(Math.max(from, match.start - MAX_BEFORE_BYTES), match.start),
          text: match.text,
          groups: match.groups,
          named: match.named,
          atMs: this.transcript.atMs(match.end - 1),
          end: match.end,
        },
      };
    } finally {
      this.#waiting = undefined;
    }
  }

  #facts(doing: string, facts: FailureFacts): FailureFacts {
    const own = { doing, console: this.name, lastLines: this.transcript.tail(LINES_IN_ERRORS), ...facts };
    return this.#context.explain?.(own) ?? own;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** `before` is for people and small parsers; a longer text is in the transcript. */
const MAX_BEFORE_BYTES = 1 << 20;

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
