/**
 * A console: our handle on one serial port of a machine, or on one guest in it. It owns the wire, survives its
 * replacement (a machine may change its QEMU process), and keeps one reading position: what follows a match stays
 * unread for the next wait.
 */
import type { EchoRange } from './echoes.ts';
import type { Condition, Watched } from './ending.ts';
import { type Interrupt, NEVER_INTERRUPTED } from './interrupt.ts';
import { KEYS, type Key } from './keys.ts';
import { Listeners } from './listeners.ts';
import type { Pattern } from './pattern/pattern.ts';
import { type ConsoleContext, Reader, type Seen, type WaitOptions } from './reader.ts';
import { Screen } from './screen.ts';
import type { Transcript } from './transcript.ts';
import { type TypingCount, Typist } from './typist.ts';
import type { Wire } from './wire.ts';

export type { ConsoleContext, Seen, WaitOptions } from './reader.ts';
export { DEFAULT_TIMEOUT_MS } from './reader.ts';

/** What a console knows beyond its transcript; offsets are of its text. */
export interface ConsoleMemory {
  /** Where the unread text starts. */
  readonly unreadFrom: number;
  readonly echoes: readonly EchoRange[];
  readonly typing: TypingCount;
}

/** A wire may hand over any amount at once; it is taken in pieces that the window in memory can hold. */
const PIECE_BYTES = 1 << 18;

export class Console implements Watched {
  readonly name: string;
  readonly transcript: Transcript;
  readonly interrupt: Interrupt;
  readonly #reader: Reader;
  readonly #observers = new Listeners<void>();
  readonly #waits = new Listeners<void>();
  readonly #taps = new Listeners<Uint8Array>();
  readonly #typist: Typist;
  #wire: Wire | undefined;
  #ended = false;
  /** Called at the end of a wire that another one will follow. */
  #drained: (() => void) | undefined;
  #screen: Screen | undefined;

  constructor(name: string, transcript: Transcript, context: ConsoleContext = {}) {
    this.name = name;
    this.transcript = transcript;
    this.interrupt = context.interrupt ?? NEVER_INTERRUPTED;
    this.#reader = new Reader(this, transcript, context);
    this.#typist = new Typist(this, () => this.#changed());
  }

  /**
   * Connects the console to a (new) wire; the old one is closed, the transcript goes on. After `drain` the new wire is
   * taken to go on with the very next byte.
   */
  attach(wire: Wire): void {
    this.#wire?.close();
    if (this.#wire && !this.#drained) this.transcript.cut();
    this.#drained = undefined;
    this.#wire = wire;
    this.#ended = false;
    wire.open({
      bytes: (chunk) => {
        for (let at = 0; at < chunk.length && this.#wire === wire; at += PIECE_BYTES)
          this.#receive(chunk.length <= PIECE_BYTES ? chunk : chunk.subarray(at, at + PIECE_BYTES));
      },
      end: () => {
        if (this.#wire !== wire) return;
        if (this.#drained) this.#drained();
        else this.end();
      },
    });
  }

  /**
   * Takes what still comes over a wire that is about to end and to be followed by another: waits go on. Resolves when
   * it has ended; call it before that.
   */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      if (this.#ended || !this.#wire) resolve();
    });
  }

  /** Nothing comes any more, nor does another wire: every wait ends. Idempotent. */
  end(): void {
    this.#drained = undefined;
    if (this.#ended) return;
    this.#ended = true;
    this.#changed();
  }

  /** What is known beside the transcript, so that a console in another process can go on from there. */
  get memory(): ConsoleMemory {
    const { cursor: unreadFrom, typing } = this;
    return { unreadFrom, typing, echoes: this.transcript.echoes.since(0) };
  }

  /** Goes on from there; for a console that nobody has read yet, and whose transcript holds the text of then. */
  recall({ unreadFrom, echoes, typing }: ConsoleMemory): void {
    this.transcript.echoes.settle(echoes);
    this.skip(unreadFrom);
    this.#typist.countFrom(typing);
  }

  /** What is being typed now, as it may be shown. */
  get beingTyped(): string | undefined {
    return this.#typist.typing;
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
    return this.#reader.cursor;
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
    return (await this.#reader.expect([['', pattern]], options)).seen;
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
    const { seen, index } = await this.#reader.expect(entries, options);
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
    this.#reader.skip(offset);
  }

  /**
   * Waits for any condition on this console, described by `doing`; the general form of `expect`.
   * @throws as `expect` does.
   */
  async until<T>(doing: string, condition: Condition<T>, options?: WaitOptions): Promise<T> {
    return this.#reader.until(doing, condition, options);
  }

  /** Waits until the console has printed nothing for a moment; for 2 s at most, as some never rest. */
  async untilQuiet(options?: Pick<WaitOptions, 'signal'>): Promise<void> {
    return this.#reader.untilQuiet(options);
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
