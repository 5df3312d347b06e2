/** Compares what a console prints, as it comes, with what it printed when it was recorded. */
import { type Difference, differenceAt } from './difference.ts';

/** Kept of a replayed console behind the first difference: the rest of its line. */
const KEPT_BEHIND_BYTES = 4096;

export class Comparison {
  readonly console: string;
  readonly #recorded: Uint8Array;
  /** Of the bytes that have come, those that are the same. */
  #same = 0;
  #replayed = 0;
  /** The bytes from the first different one on. */
  #other: Buffer = Buffer.alloc(0);

  /** @param from the replay begins behind so many bytes */
  constructor(console: string, recorded: Uint8Array, from = 0) {
    this.console = console;
    this.#recorded = recorded;
    this.#same = from;
    this.#replayed = from;
  }

  /** How many bytes are the same, from the first on; those before its beginning count. */
  get same(): number {
    return this.#same;
  }

  /** Takes the next bytes; true while all are as recorded. */
  take(chunk: Uint8Array): boolean {
    this.#replayed += chunk.length;
    let at = 0;
    if (this.#other.length === 0) {
      while (at < chunk.length && chunk[at] === this.#recorded[this.#same]) {
        at++;
        this.#same++;
      }
    }
    if (at < chunk.length && this.#other.length < KEPT_BEHIND_BYTES)
      this.#other = Buffer.concat([this.#other, chunk.subarray(at)]);
    return this.#other.length === 0;
  }

  /** The first difference so far, if there is one. */
  get difference(): Difference | undefined {
    return this.#other.length > 0 ? this.#describe() : undefined;
  }

  /** The same when nothing comes any more: what is missing is a difference too. */
  end(): Difference | undefined {
    return this.#replayed === this.#same && this.#same === this.#recorded.length
      ? undefined
      : this.#describe();
  }

  #describe(): Difference {
    const replayed = Buffer.concat([this.#recorded.subarray(0, this.#same), this.#other]);
    return differenceAt(this.console, this.#same, { recorded: this.#recorded, replayed });
  }
}
