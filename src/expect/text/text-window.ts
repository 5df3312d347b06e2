/**
 * The part of a console's text that is held in memory, addressed by offsets from the beginning of the text.
 * The owner says what is no longer needed; the rest of the history is on disk.
 */
import { decodeText } from './utf8.ts';

const FIRST_CAPACITY = 128 * 1024;

export interface TextWindowOptions {
  /** Offset of the first byte that will be appended; 0 unless a console goes on after a restore. */
  readonly start?: number;
  /** At most this many bytes are held: older ones are dropped though unread. Default 4 MiB. */
  readonly maxBytes?: number;
}

export class TextWindow {
  readonly #maxBytes: number;
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  /** Offset in the text of `#bytes[0]`. */
  #base: number;
  #start: number;
  #end: number;

  constructor({ start = 0, maxBytes = 4 * 1024 * 1024 }: TextWindowOptions = {}) {
    this.#maxBytes = maxBytes;
    this.#base = this.#start = this.#end = start;
  }

  /** Offset of the oldest byte still held. */
  get start(): number {
    return this.#start;
  }

  /** Offset behind the newest byte: how much text has arrived. */
  get end(): number {
    return this.#end;
  }

  /** The store itself, for the inner loop: offset `o` is at `bytes[o - base]`. Valid until the next append. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Offset in the text of `bytes[0]`. */
  get base(): number {
    return this.#base;
  }

  /** Adds text bytes (escape sequences already removed); they are copied. */
  append(text: Uint8Array): void {
    const length = text.length;
    const at = this.#end - this.#base;
    if (at + length > this.#bytes.length) {
      this.#makeRoom(length);
      this.append(text);
      return;
    }
    // A console often comes in a few bytes at a time, where the native copy costs more than the bytes.
    if (length < 32) for (let i = 0; i < length; i++) this.#bytes[at + i] = text[i] as number;
    else this.#bytes.set(text, at);
    this.#end += length;
    if (this.#end - this.#start > this.#maxBytes) this.#start = this.#end - this.#maxBytes;
  }

  /** Text before `offset` is not needed any more. */
  dropBefore(offset: number): void {
    if (offset > this.#start) this.#start = Math.min(offset, this.#end);
  }

  /** A copy of the bytes in `[from, to)`, cut to what is held. */
  slice(from: number, to: number): Buffer {
    return Buffer.from(this.view(from, to));
  }

  /** The bytes in `[from, to)`, cut to what is held, without a copy: valid until the next append. */
  view(from: number, to: number): Buffer {
    const first = Math.max(from, this.#start);
    return this.#bytes.subarray(first - this.#base, Math.max(first, Math.min(to, this.#end)) - this.#base);
  }

  /** The text in `[from, to)`, cut to what is held; each invalid byte is one U+FFFD. */
  decode(from: number, to: number): string {
    return decodeText(this.view(from, to));
  }

  #makeRoom(length: number): void {
    const held = this.view(this.#start, this.#end);
    const needed = held.length + length;
    // Twice what is needed, so that moving what is held stays rare.
    const target = needed * 2 > this.#bytes.length ? Buffer.allocUnsafe(needed * 2) : this.#bytes;
    held.copy(target);
    this.#bytes = target;
    this.#base = this.#start;
  }
}
