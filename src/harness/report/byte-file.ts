/** A file that is read from its beginning to its end, through a buffer. */
import { closeSync, openSync, readSync } from 'node:fs';

const READ_BYTES = 1 << 20;

export class ByteFile {
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  #from = 0;
  #to = 0;

  /** @throws the file system's error when it can't be opened. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
  }

  /** At most so many of the next bytes; none at the end. A view that the next call may overwrite. */
  read(most: number): Buffer {
    if (this.#from === this.#to) {
      this.#from = 0;
      this.#to = readSync(this.#fd, this.#buffer, 0, READ_BYTES, null);
    }
    const from = this.#from;
    this.#from = Math.min(this.#to, from + most);
    return this.#buffer.subarray(from, this.#from);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
