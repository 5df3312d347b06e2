/**
 * Types at a console and never loses a character. At most one UART FIFO (16 bytes) is under way; the next burst
 * waits for the echo of the last. Measured need: 15 of 31 characters of an unpaced command were lost by a guest
 * under emulation; whoever types faster than the guest reads overruns a buffer somewhere.
 */
import { ExpectTimeoutError, ScenarioError, TypingError } from '../errors.ts';
import { Burst } from './burst.ts';
import type { Console, WaitOptions } from './console.ts';

/** In characters, as a person counts them. */
export interface TypingCount {
  readonly sent: number;
  readonly echoed: number;
  /** Sent again after their echo did not come. */
  readonly retyped: number;
}

/** Receive FIFO of a 16550 UART, less one for the Enter that may still be under way. */
const BURST_BYTES = 15;
/** A console that is silent for so long echoes nothing any more; on a loaded host echoes were seen to take 2 s. */
const SILENCE_MS = 8_000;
/** The same for a console that prints other things meanwhile. */
const ECHO_TIMEOUT_MS = 20_000;
/** Between two bursts that are not echoed: 15 character times at 9600 baud. Nothing shows that they arrived. */
const HIDDEN_GAP_MS = 16;

export class Typist {
  readonly #console: Console;
  readonly #settled: () => void;
  #typing: string | undefined;
  #sent = 0;
  #echoed = 0;
  #retyped = 0;

  /** @param settled called when it has become known what was echo and what was not */
  constructor(console: Console, settled: () => void) {
    this.#console = console;
    this.#settled = settled;
  }

  get count(): TypingCount {
    return { sent: this.#sent, echoed: this.#echoed, retyped: this.#retyped };
  }

  /** What is being typed, as it may be shown; `undefined` when nothing is under way. */
  get typing(): string | undefined {
    return this.#typing;
  }

  /** Counts on from what was typed before this typist's time. */
  countFrom({ sent, echoed, retyped }: TypingCount): void {
    this.#sent = sent;
    this.#echoed = echoed;
    this.#retyped = retyped;
  }

  /**
   * Types text, paced by its echo.
   * @throws TypingError when the echo does not come; ScenarioError for control characters (press a key instead).
   */
  async type(text: string, options: WaitOptions = {}): Promise<void> {
    const shown = JSON.stringify(text);
    refuseControls(text, shown);
    await this.#alone(shown, async () => {
      let last: Burst | undefined;
      for (const part of bursts(text)) {
        last = new Burst(this.#console.transcript, part, last);
        await this.#typeBurst(last, options);
      }
    });
  }

  /** Types text anew after it was given up on. */
  async retype(text: string, options?: WaitOptions): Promise<void> {
    this.#retyped += count(text);
    await this.type(text, options);
  }

  /** Types what is not echoed. Neither errors nor the transcript show it. */
  async typeHidden(secret: string, { signal }: WaitOptions = {}): Promise<void> {
    const shown = 'a hidden text';
    refuseControls(secret, shown);
    await this.#alone(shown, async () => {
      const [first, ...rest] = bursts(secret);
      if (first !== undefined) this.#send(first, '*'.repeat(count(first)));
      for (const part of rest) {
        await this.#pause(HIDDEN_GAP_MS, signal);
        this.#send(part, '*'.repeat(count(part)));
      }
    });
  }

  /** Two who type at once would mix their characters. */
  async #alone(shown: string, work: () => Promise<void>): Promise<void> {
    if (this.#typing !== undefined)
      throw new ScenarioError(
        `cannot type ${shown}: console "${this.#console.name}" is still being typed at (${this.#typing})`,
        { next: 'await one before the next' },
      );
    this.#typing = shown;
    try {
      await work();
    } finally {
      this.#typing = undefined;
    }
  }

  #send(text: string, recordAs: string = text): void {
    this.#console.send(Buffer.from(text), { recordAs: Buffer.from(recordAs) });
    this.#sent += count(text);
  }

  async #typeBurst(burst: Burst, options: WaitOptions): Promise<void> {
    const { echoes } = this.#console.transcript;
    echoes.expectFrom(burst.from);
    this.#send(burst.text);
    try {
      await this.#untilEchoed(burst, options);
    } finally {
      this.#echoed += count(burst.echoed);
      echoes.settle(burst.ranges);
      this.#settled();
    }
  }

  async #untilEchoed(burst: Burst, { timeout = ECHO_TIMEOUT_MS, signal }: WaitOptions): Promise<void> {
    const { transcript } = this.#console;
    const condition = {
      check: () => burst.follow('sure') || undefined,
      undecided: () => transcript.end > burst.from,
      quiet: () => burst.follow('quiet') || undefined,
    };
    for (let left = timeout; ; left -= SILENCE_MS) {
      const heard = transcript.end;
      const wait = { timeout: Math.min(SILENCE_MS, left), ...(signal && { signal }) };
      try {
        await this.#console.until(`the echo of ${JSON.stringify(burst.text)}`, condition, wait);
        return;
      } catch (error) {
        if (!(error instanceof ExpectTimeoutError)) throw error;
        // Less than was asked for is all that is left of the test.
        const isOver = left <= SILENCE_MS || error.timeoutMs < wait.timeout;
        if (isOver || transcript.end === heard) throw this.#notEchoed(burst, error);
      }
    }
  }

  #notEchoed({ text, echoed, instead }: Burst, { facts }: ExpectTimeoutError): TypingError {
    const typed = `typed ${JSON.stringify(text)} at console "${this.#console.name}"`;
    if (echoed === '' && instead.trim() === '')
      return new TypingError(`${typed}, but nothing of it was echoed`, '', {
        ...facts,
        doing: typed,
        probably: 'nobody reads this console now, or it does not echo (a password prompt, a boot loader)',
        next: 'wait for a prompt before typing; where nothing is echoed use typeHidden(), at a menu use its keys',
      });
    const echo = echoed + instead.slice(0, 2 * BURST_BYTES);
    return new TypingError(`${typed}, but the echo was ${JSON.stringify(echo)}`, echo, {
      ...facts,
      doing: typed,
      probably: 'the guest dropped or changed characters, or printed something else over the echo',
      next: 'wait for a prompt before typing; where kernel messages are printed, move the shell to a port of its own',
    });
  }

  /** Waits for nothing but time; failures and aborts end it as they end every wait. */
  async #pause(ms: number, signal?: AbortSignal): Promise<void> {
    try {
      await this.#console.until(
        'a hidden text to be taken',
        { check: () => undefined },
        { timeout: ms, ...(signal && { signal }) },
      );
    } catch (error) {
      if (!(error instanceof ExpectTimeoutError)) throw error;
    }
  }
}

/** @param shown how the text may be named in the message */
function refuseControls(text: string, shown: string): void {
  if (/[\x00-\x1f\x7f]/.test(text))
    throw new ScenarioError(`cannot type ${shown}: it holds a control character`, {
      next: "press('enter'), press('ctrl-c') and the like send keys; sendLine() ends a line",
    });
}

/** Cuts text into pieces that fit the FIFO, never inside a character. */
function bursts(text: string): string[] {
  const pieces: string[] = [];
  let bytes = BURST_BYTES;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > BURST_BYTES) {
      pieces.push('');
      bytes = Buffer.byteLength(character);
    }
    pieces[pieces.length - 1] += character;
  }
  return pieces;
}

function count(text: string): number {
  return Array.from(text).length;
}
