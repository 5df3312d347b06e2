/**
 * The files of a console in the run's folder: `NAME.log`, the raw bytes, written by QEMU itself so that they are
 * safe from our own death (when a busy host leaves the socket full, QEMU 7.2 logs the byte that waits at each try, so a
 * few may be in it twice; the text has what was received); `NAME.txt`, the text without escapes, which is also the transcript's history; and
 * `NAME.times`, one JSON line per chunk and direction, from which a recording can be made.
 */
import { join } from 'node:path';
import type { History } from '../../expect/history.ts';
import type { Recorder } from '../../expect/transcript.ts';
import { AppendFile } from './append-file.ts';

export class ConsoleLog implements History, Recorder, Disposable {
  /** The raw bytes, as QEMU writes them. */
  readonly rawFile: string;
  readonly #text: AppendFile;
  readonly #times: AppendFile;
  #received = 0;
  #chunk: { readonly atMs: number; readonly from: number } | undefined;

  /** @param folder an existing folder; files of an earlier console there are replaced */
  constructor(folder: string, console: string) {
    this.rawFile = join(folder, `${console}.log`);
    this.#text = new AppendFile(join(folder, `${console}.txt`));
    this.#times = new AppendFile(join(folder, `${console}.times`));
  }

  /** Why the files are not complete (a full disk), if they aren't. */
  get trouble(): string | undefined {
    return this.#text.trouble ?? this.#times.trouble;
  }

  /** The lines of the .times file so far. */
  times(): string {
    this.#endChunk();
    return Buffer.from(this.#times.read(0, this.#times.length)).toString();
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

  /** Closes the files; the text can be read on. */
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

  /** `[ms, "i", text]`: what was sent, a character for each byte. */
  #line(entry: readonly [number, 'i' | 'o', string | number]): void {
    this.#times.append(Buffer.from(`${JSON.stringify(entry)}\n`));
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
