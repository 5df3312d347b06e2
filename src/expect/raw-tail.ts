/** The latest raw bytes of a console, for whoever joins late: a screen, a person who attaches. */

/** At least so many are kept, when there were as many: a full redraw of a menu takes 5 to 10 KiB. */
const KEPT_BYTES = 1 << 16;

export class RawTail {
  /** Twice what is kept, so that moving it stays rare. */
  readonly #bytes = Buffer.allocUnsafe(2 * KEPT_BYTES);
  #length = 0;
  #end = 0;

  /** How many bytes there were in all: the offset behind the newest. */
  get end(): number {
    return this.#end;
  }

  /** Offset of the oldest byte that is kept. */
  get start(): number {
    return this.#end - this.#length;
  }

  append(chunk: Uint8Array): void {
    this.#end += chunk.length;
    const latest = chunk.length > KEPT_BYTES ? chunk.subarray(chunk.length - KEPT_BYTES) : chunk;
    if (this.#length + latest.length > this.#bytes.length) {
      const kept = Math.min(this.#length, KEPT_BYTES);
      this.#bytes.copyWithin(0, this.#length - kept, this.#length);
      this.#length = kept;
    }
    // A chunk that was cut leaves a gap before it: what is older is dropped.
    if (latest !== chunk) this.#length = 0;
    this.#bytes.set(latest, this.#length);
    this.#length += latest.length;
  }

  /** A copy of the bytes from `offset` on, as far as they are kept. */
  since(offset: number): Uint8Array {
    const from = Math.max(0, offset - this.start);
    return Uint8Array.prototype.slice.call(this.#bytes, Math.min(from, this.#length), this.#length);
  }
}
