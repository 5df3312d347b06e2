/**
 * Console text is bytes that are meant to be UTF-8 and sometimes are not. Here every byte that is no part of
 * a valid character is one U+FFFD of its own (TextDecoder joins some of them), so that byte offsets and
 * characters stay in step whatever the guest prints.
 */
import { isAscii, isUtf8 } from 'node:buffer';

/** What stands at a byte offset: a character of that many bytes, a byte that is none, or one still arriving. */
const INVALID = 0;
const INCOMPLETE = -1;

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

/** A piece of text as a string that still knows where its bytes were. */
export interface DecodedText {
  readonly text: string;
  /** The UTF-16 unit at a byte offset, which is the start of a character. */
  indexAt(offset: number): number;
  /** Byte offset of the character that holds UTF-16 unit `index`. */
  startOffset(index: number): number;
  /** Byte offset behind the character whose last wanted unit is `index - 1`. */
  endOffset(index: number): number;
}

/**
 * Decodes `bytes[from, to)`; offsets in the answer count from `from`. A cut character at the end reads as
 * invalid bytes: leave {@link arrivingBytes} out where more may come.
 */
export function decodeWithOffsets(bytes: Uint8Array, from: number, to: number): DecodedText {
  const piece = view(bytes, from, to);
  if (isAscii(piece)) {
    const same = (index: number) => index;
    return { text: piece.toString('latin1'), indexAt: same, startOffset: same, endOffset: same };
  }
  const offsets: number[] = [];
  let text = '';
  for (let at = from; at < to; ) {
    const length = characterAt(bytes, at, to);
    const character = length <= INVALID ? '\ufffd' : piece.toString('utf8', at - from, at - from + length);
    for (let unit = 0; unit < character.length; unit++) offsets.push(at - from);
    text += character;
    at += Math.max(length, 1);
  }
  offsets.push(to - from);
  const offset = (index: number) => offsets[index] as number;
  return {
    text,
    indexAt: (at) => offsets.indexOf(at),
    startOffset: offset,
    endOffset: (index) => offset(index > 0 && offset(index) === offset(index - 1) ? index + 1 : index),
  };
}

/** Decodes a whole piece of text, each invalid byte as one U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  const piece = view(bytes, 0, bytes.length);
  return isUtf8(piece) ? piece.toString('utf8') : decodeWithOffsets(piece, 0, piece.length).text;
}

function view(bytes: Uint8Array, from: number, to: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
}
