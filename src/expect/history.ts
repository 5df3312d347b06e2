/**
 * Where the whole text of a console is kept. The memory holds a window only; what a slow reader has not read
 * yet is read back from here.
 */

export interface History {
  /** Appends stripped text bytes. */
  append(bytes: Uint8Array): void;
  /** The text bytes `[from, to)`, counted from the first ever appended. */
  read(from: number, to: number): Uint8Array;
}

/** Keeps everything in memory: for tests and short-lived consoles. */
export class MemoryHistory implements History {
  #chunks: Uint8Array[] = [];

  append(bytes: Uint8Array): void {
    this.#chunks.push(Uint8Array.from(bytes));
  }

  read(from: number, to: number): Uint8Array {
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole.subarray(from, to);
  }
}
