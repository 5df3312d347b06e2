/** The bytes of a line whose end has not arrived; of a long one, the latest. */
export class UnfinishedLine {
  readonly #longest: number;
  readonly #bytes: Buffer;
  #length = 0;

  /** @param longest how many bytes are kept at least */
  constructor(longest: number) {
    this.#longest = longest;
    this.#bytes = Buffer.allocUnsafe(2 * longest);
  }

  get length(): number {
    return this.#length;
  }

  /** Valid until it is changed. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  append(bytes: Buffer): void {
    const added = bytes.subarray(Math.max(0, bytes.length - this.#longest));
    if (this.#length + added.length > this.#bytes.length) {
      const kept = Math.max(0, this.#longest - added.length);
      this.#bytes.copyWithin(0, this.#length - kept, this.#length);
      this.#length = kept;
    }
    this.#bytes.set(added, this.#length);
    this.#length += added.length;
  }
}
