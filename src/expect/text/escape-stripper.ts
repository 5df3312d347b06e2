/**
 * Removes terminal control sequences from a byte stream, wherever the chunks are cut: CSI, OSC, DCS, APC, PM,
 * SOS, character sets and every other ESC sequence (ECMA-48 and the VT500 parser), NUL, and the charset
 * shifts SO and SI (a Linux `sgr0` ends in SI). `\r`, `\n`, `\b`, `\t` stay, as does all else.
 *
 * A guest may break off anywhere, so no sequence can swallow more than its line: `\n`, CAN, SUB and a new ESC
 * end whatever is open, and so does its length (256 bytes, 4096 for the string kinds).
 *
 * Where whole text is at hand, `strip-ansi` does nearly the same. It differs on broken sequences, which it
 * leaves in; on DCS, APC, PM and SOS, whose body it leaves in; and on U+009B, which is a CSI to it and a
 * character here, since the byte 0x9B is part of many UTF-8 characters.
 */

const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;
const NEWLINE = 0x0a;

/** Longest control sequence (CSI and two-character kinds): SGR with true colours stays under 100 bytes. */
const MAX_CONTROL = 256;
/** Longest control string (OSC, DCS, …): systemd's OSC 3008 prompt marks are some 400 bytes. */
const MAX_STRING = 4096;

/** Chunks below this many bytes are looked at byte by byte. */
const FEW = 64;

const GROUND = 0;
/** ESC seen. */
const ESCAPE = 1;
/** ESC and intermediate bytes (character set choice and its like): one final byte ends it. */
const INTERMEDIATE = 2;
const CSI = 3;
/** `ESC ]` seen; its first byte tells Linux's unterminated palette sequences from the rest. */
const OSC_FIRST = 4;
const OSC = 5;
/** DCS, SOS, PM, APC: like OSC, but BEL does not end it. */
const STRING = 6;
/** `ESC ] P nrrggbb` of the Linux console: seven hex digits and no terminator. */
const PALETTE = 7;
/** ESC inside a control string: `\` ends the string, all else begins a new sequence. */
const STRING_ESCAPE = 8;

/** 1 for bytes that are kept where no sequence is open. */
const PLAIN = new Uint8Array(256).fill(1);
for (const byte of [0x00, 0x0e, 0x0f, ESC]) PLAIN[byte] = 0;

export class EscapeStripper {
  #state = GROUND;
  /** Bytes of the open sequence so far. */
  #length = 0;
  #out = Buffer.alloc(0);

  /** Whether the bytes so far end inside a sequence. */
  get inSequence(): boolean {
    return this.#state !== GROUND;
  }

  /**
   * The text in `chunk`, which may begin and end inside a sequence. The answer is `chunk` itself where there
   * is nothing to remove, else a buffer that the next call overwrites.
   */
  strip(chunk: Uint8Array): Uint8Array {
    if (this.#state === GROUND && isPlain(chunk)) return chunk;
    if (this.#out.length < chunk.length) this.#out = Buffer.allocUnsafe(Math.max(chunk.length, FEW));
    const bytes = asBuffer(chunk);
    // Where there is more to remove than sequences, or little to look at, a native call costs more than it saves.
    const kept = bytes.length < FEW || hasOdd(bytes) ? this.#byByte(bytes) : this.#bySequence(bytes);
    return this.#out.subarray(0, kept);
  }

  /** Answers how many bytes it kept, at the beginning of `#out`. */
  #byByte(bytes: Buffer): number {
    const out = this.#out;
    let kept = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (this.#state === GROUND ? PLAIN[byte] === 1 : this.#keepsInside(byte)) out[kept++] = byte;
      else if (this.#state === GROUND && byte === ESC) this.#open();
    }
    return kept;
  }

  /** The same for bytes of which only sequences are removed. */
  #bySequence(bytes: Buffer): number {
    const out = this.#out;
    // What stays is moved together inside a copy: by far the cheapest way to move many short pieces.
    out.set(bytes);
    let kept = 0;
    let at = 0;
    while (at < bytes.length) {
      for (; this.#state !== GROUND && at < bytes.length; at++)
        if (this.#keepsInside(bytes[at] as number)) out[kept++] = bytes[at] as number;
      const next = bytes.indexOf(ESC, at);
      const stop = next < 0 ? bytes.length : next;
      if (kept !== at) out.copyWithin(kept, at, stop);
      kept += stop - at;
      at = stop + 1;
      if (stop < bytes.length) at = this.#skip(bytes, at);
    }
    return kept;
  }

  /** Opens a sequence whose ESC is before `at`; steps over it when it is a whole plain CSI, as most are. */
  #skip(bytes: Buffer, at: number): number {
    this.#open();
    if (at >= bytes.length || bytes[at] !== 0x5b) return at;
    const last = Math.min(bytes.length, at + MAX_CONTROL);
    for (let i = at + 1; i < last; i++) {
      const byte = bytes[i] as number;
      if (byte < 0x20 || byte > 0x7e) return at;
      if (byte < 0x40) continue;
      this.#state = GROUND;
      return i + 1;
    }
    return at;
  }

  #open(): void {
    this.#state = ESCAPE;
    this.#length = 0;
  }

  /** Moves on by one byte inside a sequence; true when the byte is text all the same. */
  #keepsInside(byte: number): boolean {
    this.#length++;
    if (byte === NEWLINE) {
      this.#state = GROUND;
      return true;
    }
    if (byte === CAN || byte === SUB) {
      this.#state = GROUND;
      return false;
    }
    if (this.#state >= OSC_FIRST) return this.#insideString(byte);
    return this.#insideControl(byte);
  }

  #insideControl(byte: number): boolean {
    if (byte === ESC) {
      this.#open();
      return false;
    }
    // A terminal obeys C0 controls in the middle of a sequence, and goes on with the sequence.
    if (byte < 0x20) return PLAIN[byte] === 1;
    if (byte > 0x7e || this.#length > MAX_CONTROL) {
      this.#state = GROUND;
      return byte !== 0x7f;
    }
    if (byte < 0x30) {
      if (this.#state === ESCAPE) this.#state = INTERMEDIATE;
    } else if (this.#state === ESCAPE) this.#state = kindAfterEscape(byte);
    else if (this.#state === INTERMEDIATE || byte >= 0x40) this.#state = GROUND;
    return false;
  }

  #insideString(byte: number): boolean {
    if (this.#state === STRING_ESCAPE && byte !== ESC) {
      if (byte === 0x5c) {
        this.#state = GROUND;
        return false;
      }
      this.#open();
      return this.#keepsInside(byte);
    }
    if (byte === ESC) this.#state = STRING_ESCAPE;
    else if (this.#state === OSC_FIRST) this.#state = byte === 0x50 ? PALETTE : byte === 0x52 ? GROUND : OSC;
    else if (this.#state === PALETTE) return this.#insidePalette(byte);
    else if (this.#length > MAX_STRING) {
      this.#state = GROUND;
      return PLAIN[byte] === 1;
    }
    if (byte === BEL && this.#state === OSC) this.#state = GROUND;
    return false;
  }

  #insidePalette(byte: number): boolean {
    if (!isHexDigit(byte)) {
      this.#state = GROUND;
      return PLAIN[byte] === 1;
    }
    // `]`, `P` and seven digits.
    if (this.#length >= 9) this.#state = GROUND;
    return false;
  }
}

function kindAfterEscape(byte: number): number {
  if (byte === 0x5b) return CSI; // [
  if (byte === 0x5d) return OSC_FIRST; // ]
  if (byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f) return STRING; // P X ^ _
  return GROUND;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function isPlain(chunk: Uint8Array): boolean {
  if (chunk.length < FEW) {
    for (let i = 0; i < chunk.length; i++) if (PLAIN[chunk[i] as number] === 0) return false;
    return true;
  }
  const bytes = asBuffer(chunk);
  return !bytes.includes(ESC) && !hasOdd(bytes);
}

function hasOdd(bytes: Buffer): boolean {
  return bytes.includes(0x00) || bytes.includes(0x0e) || bytes.includes(0x0f);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
