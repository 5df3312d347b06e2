/** Counts the lines of a text that is too long to hold, and remembers how far it got: questions come in order. */

const STEP_BYTES = 1 << 18;
const NEWLINE = 10;

export class LineCount {
  readonly #read: (from: number, to: number) => Uint8Array;
  #to = 0;
  #count = 0;

  constructor(read: (from: number, to: number) => Uint8Array) {
    this.#read = read;
  }

  /** How many line ends there are before `offset`. */
  before(offset: number): number {
    if (offset < this.#to) this.#to = this.#count = 0;
    while (this.#to < offset) {
      const part = this.#read(this.#to, Math.min(offset, this.#to + STEP_BYTES));
      // The history may have been cut short (a full disk): what is missing has no lines.
      if (part.length === 0) break;
      for (let at = part.indexOf(NEWLINE); at >= 0; at = part.indexOf(NEWLINE, at + 1)) this.#count++;
      this.#to += part.length;
    }
    return this.#count;
  }
}
