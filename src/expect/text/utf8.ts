/**
 * Console text is bytes that are meant to be UTF-8 and sometimes are not. Here every byte that is no part of
 * a valid character is one U+FFFD of its own (TextDecoder joins some of them), so that byte offsets and
 * characters stay in step whatever the guest prints.
 */
import { isAscii, isUtf8 } from 'node:buffer';

/** What stands at a byte offset: a character of that many bytes, a byte that is none, or one still arriving. */
const INVALID = 0;
const INCOMPLETE = -1;
/** From this many bytes on, a native look at a text costs less than one here. */
const LONG = 512;

/**
 * Length in bytes of the valid character at `at`; 0 when the byte there is not the start of one, -1 when
 * `end` cuts a character that may still become valid.
 */
function characterAt(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return INVALID;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // The second byte carries the limits: no overlong forms, no surrogates, nothing above U+10FFFF.
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  for (let k = 1; k < length; k++) {
    if (at + k >= end) return INCOMPLETE;
    const byte = bytes[at + k] as number;
    if (byte < (k === 1 ? lowest : 0x80) || byte > (k === 1 ? highest : 0xbf)) return INVALID;
  }
  return length;
}

/** How many bytes before `end` (0 to 3) are the beginning of a character that has not arrived whole. */
export function arrivingBytes(bytes: Uint8Array, from: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= from; back++) {
    const byte = bytes[end - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return characterAt(bytes, end - back, end) === INCOMPLETE ? back : 0;
  }
  return 0;
}

/** The first offset at or after `at` that is not inside a valid character which begins at or after `from`. */
export function characterStart(bytes: Uint8Array, from: number, at: number, end: number): number {
  for (let back = 1; back <= 3 && at - back >= from; back++) {
    const byte = bytes[at - back] as number;
    if (byte < 0x80) return at;
    if (byte < 0xc0) continue;
    const length = characterAt(bytes, at - back, end);
    return length > back ? at - back + length : at;
  }
  return at;
}

/** A piece of text as a string that still knows where its bytes were; offsets count from its first byte. */
export class DecodedText {
  readonly text: string;
  /** Byte offset of the character of each UTF-16 unit, and the end; none where each unit is one byte. */
  readonly #offsets: Int32Array | undefined;

  constructor(text: string, offsets?: Int32Array) {
    this.text = text;
    this.#offsets = offsets;
  }

  /** The UTF-16 unit at a byte offset, which is the start of a character. */
  indexAt(offset: number): number {
    return this.#offsets ? this.#offsets.indexOf(offset) : offset;
  }

  /** Byte offset of the character that holds UTF-16 unit `index`. */
  startOffset(index: number): number {
    return this.#offsets ? (this.#offsets[index] as number) : index;
  }

  /** Byte offset behind the character whose last wanted unit is `index - 1`. */
  endOffset(index: number): number {
    const inside = index > 0 && this.startOffset(index) === this.startOffset(index - 1);
    return this.startOffset(inside ? index + 1 : index);
  }
}

/**
 * Decodes `bytes[from, to)`. A cut character at the end reads as invalid bytes: leave {@link arrivingBytes} out
 * where more may come.
 */
export function decodeWithOffsets(bytes: Buffer, from: number, to: number): DecodedText {
  if (allAscii(bytes, from, to)) return new DecodedText(bytes.toString('latin1', from, to));
  const piece = bytes.subarray(from, to);
  const units = new Uint16Array(piece.length);
  const offsets = new Int32Array(piece.length + 1);
  let count = 0;
  for (let at = 0; at < piece.length; ) {
    const length = characterAt(piece, at, piece.length);
    const code = length <= INVALID ? 0xfffd : codePoint(piece, at, length);
    offsets[count] = at;
    if (code < 0x10000) units[count++] = code;
    else {
      units[count++] = 0xd7c0 + (code >> 10);
      offsets[count] = at;
      units[count++] = 0xdc00 | (code & 0x3ff);
    }
    at += Math.max(length, 1);
  }
  offsets[count] = piece.length;
  const text = Buffer.from(units.buffer, 0, count * 2).toString('utf16le');
  return new DecodedText(text, offsets.subarray(0, count + 1));
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at] as number;
  if (length === 1) return lead;
  let code = lead & (0x7f >> length);
  for (let k = 1; k < length; k++) code = (code << 6) | ((bytes[at + k] as number) & 0x3f);
  return code;
}

function allAscii(bytes: Buffer, from: number, to: number): boolean {
  if (to - from > LONG) return isAscii(bytes.subarray(from, to));
  for (let i = from; i < to; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

/** Decodes a whole piece of text, each invalid byte as one U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(piece) ? piece.toString('utf8') : decodeWithOffsets(piece, 0, piece.length).text;
}
