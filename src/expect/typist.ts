/**
 * Types at a console and never loses a character. At most one UART FIFO (16 bytes) is under way; the next burst
 * waits for the echo of the last. Measured need: 15 of 31 characters of an unpaced command were lost by a guest
 * under emulation; whoever types faster than the guest reads overruns a buffer somewhere.
 */
import { ScenarioError, TypingError } from '../errors.ts';
import type { Console, WaitOptions } from './console.ts';
import { type EchoProgress, findEcho, followEcho } from './echo.ts';

export interface TypingCount {
  readonly sent: number;
  readonly echoed: number;
  /** Characters sent again after their echo did not come. */
  readonly retyped: number;
}

/** Receive FIFO of a 16550 UART. */
const FIFO_BYTES = 16;
/** How long an echo may take; a loaded host under emulation was seen to take 2 s. */
const ECHO_TIMEOUT_MS = 20_000;
/** Between two characters that are not echoed: ten character times at 9600 baud. Nothing shows that they arrived. */
const HIDDEN_GAP_MS = 10;

export class Typist {
  readonly #console: Console;
  #sent = 0;
  #echoed = 0;
  #retyped = 0;

  constructor(console: Console) {
    this.#console = console;
  }

  get count(): TypingCount {
    return { sent: this.#sent, echoed: this.#echoed, retyped: this.#retyped };
  }

  /**
   * Types text, paced by its echo.
   * @throws TypingError when the echo does not come; ScenarioError for control characters (press a key instead).
   */
  async type(text: string, options: WaitOptions = {}): Promise<void> {
    if (/[\x00-\x1f\x7f]/.test(text))
      throw new ScenarioError(`cannot type ${JSON.stringify(text)}: it holds a control character`, {
        next: "press('enter'), press('ctrl-c') and the like send keys; sendLine() ends a line",
      });
    for (const burst of bursts(text)) await this.#typeBurst(burst, options);
  }

  /** Notes that these characters were given up on and are typed anew. */
  retyping(characters: number): void {
    this.#retyped += characters;
  }

  async typeHidden(secret: string): Promise<void> {
    const bytes = Buffer.from(secret, 'utf8');
    this.#sent += bytes.length;
    // What fits in the FIFO can't be lost in it.
    if (bytes.length <= FIFO_BYTES) return this.#console.send(bytes);
    for (const byte of bytes) {
      this.#console.send(Uint8Array.of(byte));
      // The one wait on time in domes: by definition there is nothing to see.
      await new Promise((resolve) => setTimeout(resolve, HIDDEN_GAP_MS));
    }
  }

  async #typeBurst(burst: string, { timeout = ECHO_TIMEOUT_MS, signal }: WaitOptions): Promise<void> {
    const { transcript } = this.#console;
    const from = transcript.end;
    const printed = () => transcript.text(from);
    const complete = (progress: EchoProgress) => (progress.echoed === burst.length ? progress : undefined);
    this.#console.send(Buffer.from(burst, 'utf8'));
    this.#sent += burst.length;
    try {
      const { used } = await this.#console.until(
        `the echo of ${JSON.stringify(burst)}`,
        {
          check: () => complete(followEcho(burst, printed())),
          undecided: () => transcript.end > from,
          quiet: () => complete(findEcho(burst, printed())),
        },
        { timeout, ...(signal && { signal }) },
      );
      transcript.noteEcho(from, from + Buffer.byteLength(printed().slice(0, used)));
      this.#echoed += burst.length;
    } catch (error) {
      throw this.#explain(error, burst, findEcho(burst, printed()).echoed);
    }
  }

  #explain(error: unknown, burst: string, echoed: number): unknown {
    if (!(error instanceof Error) || error.name !== 'ExpectTimeoutError') return error;
    this.#echoed += echoed;
    const seen =
      echoed === 0 ? 'nothing of it was echoed' : `only ${echoed} of ${burst.length} characters were echoed`;
    return new TypingError(`typed ${JSON.stringify(burst)} at console "${this.#console.name}", but ${seen}`, {
      console: this.#console.name,
      lastLines: this.#console.transcript.tail(8),
      probably:
        echoed === 0
          ? 'nobody reads this console now, or it does not echo (a password prompt, a boot loader)'
          : 'the guest dropped characters, or something else printed over the echo',
      next: 'wait for a prompt before typing; where nothing is echoed use typeHidden(), at a menu use its keys',
    });
  }
}

/** Cuts text into pieces that fit the FIFO, never inside a character. */
function bursts(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  let bytes = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (bytes + size > FIFO_BYTES) {
      pieces.push(piece);
      piece = '';
      bytes = 0;
    }
    piece += character;
    bytes += size;
  }
  return piece ? [...pieces, piece] : pieces;
}
