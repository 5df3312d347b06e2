/** A file that is appended to through a buffer and can be read back while it grows, and after. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Written in pieces of this size, or when somebody reads. */
const BUFFER_BYTES = 1 << 18;

export class AppendFile implements Disposable {
  readonly #path: string;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #fd: number | undefined;
  #buffered = 0;
  #length = 0;
  #trouble: string | undefined;

  /** Makes the file anew. @throws the system's error when it can't be made. */
  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, 'w+', 0o644);
  }

  /** Why the file is not complete (a full disk), if it isn't: from there on nothing is kept. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** How many bytes were appended. */
  get length(): number {
    return this.#length;
  }

  /** Never throws: a console must go on without its log. */
  append(bytes: Uint8Array): void {
    if (this.#fd === undefined || this.#trouble !== undefined) return;
    this.#length += bytes.length;
    if (this.#buffered + bytes.length > BUFFER_BYTES) this.#flush();
    if (bytes.length > BUFFER_BYTES) this.#write(bytes);
    else {
      this.#buffer.set(bytes, this.#buffered);
      this.#buffered += bytes.length;
    }
  }

  /** The bytes `[from, to)`, as far as they were kept. Never throws. */
  read(from: number, to: number): Uint8Array {
    this.#flush();
    const bytes = Buffer.allocUnsafe(Math.max(0, to - from));
    try {
      const fd = this.#fd ?? openSync(this.#path, 'r');
      const length = readFully(fd, bytes, from);
      if (fd !== this.#fd) closeSync(fd);
      return bytes.subarray(0, length);
    } catch {
      return bytes.subarray(0, 0);
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd === undefined) return;
    this.#flush();
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #flush(): void {
    const length = this.#buffered;
    this.#buffered = 0;
    if (length > 0) this.#write(this.#buffer.subarray(0, length));
  }

  #write(bytes: Uint8Array): void {
    if (this.#fd === undefined || this.#trouble !== undefined) return;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      this.#trouble = (error as Error).message;
    }
  }
}

function readFully(fd: number, bytes: Buffer, from: number): number {
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(fd, bytes, length, bytes.length - length, from + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}
