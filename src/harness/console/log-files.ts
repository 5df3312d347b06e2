/**
 * The files of a console in the run's folder: `NAME.log`, the raw bytes, written by QEMU itself so that they are
 * safe from our own death; `NAME.txt`, the text without escapes, which is also the transcript's history; and
 * `NAME.times`, one JSON line per chunk and direction, from which a recording can be made.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { History } from '../../expect/history.ts';
import type { Recorder } from '../../expect/transcript.ts';

/** Written in pieces of this size, or when somebody reads. */
const BUFFER_BYTES = 1 << 18;

export class ConsoleLog implements History, Recorder, Disposable {
  readonly #text: AppendFile;
  readonly #times: AppendFile;
  #received = 0;
  #chunk: { atMs: number; from: number } | undefined;

  constructor(folder: string, console: string) {
    this.#text = new AppendFile(join(folder, `${console}.txt`));
    this.#times = new AppendFile(join(folder, `${console}.times`));
  }

  append(bytes: Uint8Array): void {
    this.#text.append(bytes);
  }

  read(from: number, to: number): Uint8Array {
    return this.#text.read(from, to);
  }

  received(bytes: Uint8Array, atMs: number): void {
    // What arrives within a millisecond is one chunk: a UART under emulation sends some bytes at a time.
    if (this.#chunk && atMs - this.#chunk.atMs >= 1) this.#endChunk();
    this.#chunk ??= { atMs, from: this.#received };
    this.#received += bytes.length;
  }

  sent(bytes: Uint8Array, atMs: number): void {
    this.#endChunk();
    this.#line([round(atMs), 'i', Buffer.from(bytes).toString('latin1')]);
  }

  [Symbol.dispose](): void {
    this.#endChunk();
    this.#text[Symbol.dispose]();
    this.#times[Symbol.dispose]();
  }

  /** `[ms, "o", bytes]`: so many bytes of the .log came at that time. */
  #endChunk(): void {
    if (!this.#chunk) return;
    this.#line([round(this.#chunk.atMs), 'o', this.#received - this.#chunk.from]);
    this.#chunk = undefined;
  }

  #line(entry: readonly [number, 'i' | 'o', string | number]): void {
    this.#times.append(Buffer.from(`${JSON.stringify(entry)}\n`));
  }
}

/** A file that is appended to through a buffer and can be read back. */
class AppendFile implements Disposable {
  readonly #fd: number;
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #buffered = 0;
  #closed = false;

  constructor(path: string) {
    this.#fd = openSync(path, 'a+', 0o644);
  }

  append(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (this.#buffered + bytes.length > BUFFER_BYTES) this.#flush();
    if (bytes.length > BUFFER_BYTES) {
      writeSync(this.#fd, bytes);
      return;
    }
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered += bytes.length;
  }

  read(from: number, to: number): Uint8Array {
    this.#flush();
    const bytes = Buffer.alloc(Math.max(0, to - from));
    const length = readSync(this.#fd, bytes, 0, bytes.length, from);
    return bytes.subarray(0, length);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    closeSync(this.#fd);
  }

  #flush(): void {
    if (this.#buffered === 0 || this.#closed) return;
    writeSync(this.#fd, this.#buffer, 0, this.#buffered);
    this.#buffered = 0;
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
