/**
 * The text of a console in chunks that a page can hold: rows with their times, cut at line ends. The same text, and so
 * the same line numbers, as in the console's `.txt`.
 */
/** Bytes of text in a chunk, but for its last line; and the longest line that is not cut up. */
const CHUNK_BYTES = 1 << 18;
const ROW_BYTES = 1 << 16;
const NEWLINE = 10;

export interface TextChunk {
  /** Rows joined by `\n`. */
  readonly text: string;
  /** 1-based line number of the first row. */
  readonly line: number;
  readonly rows: number;
  /** When the first row began, ms since QEMU's start; then for each row, how much later than the one before. */
  readonly atMs: number;
  readonly laterMs: number[];
  /** The last row is a part of a line that goes on in the next chunk. */
  readonly open: boolean;
}

export class ConsoleText {
  readonly #write: (chunk: TextChunk) => void;
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES + 2 * ROW_BYTES);
  #length = 0;
  /** Where the row that is not yet ended begins. */
  #rowStart = 0;
  #rowTimes: number[] = [];
  #line = 1;
  #lineEnds = 0;

  /** @param write is given each chunk as it is full. */
  constructor(write: (chunk: TextChunk) => void) {
    this.#write = write;
  }

  /** @param text without escape sequences; at most 64 KiB, so that there is room for it after every flush. */
  add(text: Uint8Array, atMs: number): void {
    const from = this.#length;
    this.#buffer.set(text, from);
    this.#length += text.length;
    if (text.length > 0 && this.#rowStart === from && this.#rowTimes.length === this.#lineEnds)
      this.#rowTimes.push(atMs);
    for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) {
      this.#lineEnds++;
      this.#rowStart = from + at + 1;
      if (this.#rowStart < this.#length) this.#rowTimes.push(atMs);
    }
    if (this.#length >= CHUNK_BYTES || this.#length - this.#rowStart >= ROW_BYTES) this.#flush();
  }

  end(): void {
    if (this.#length > 0) this.#chunk(this.#length, false);
  }

  #flush(): void {
    if (this.#rowStart > 0) this.#chunk(this.#rowStart, false);
    if (this.#length >= ROW_BYTES) this.#chunk(this.#characterEnd(), true);
  }

  /** The first `to` bytes become a chunk; the rest moves to the front. */
  #chunk(to: number, open: boolean): void {
    const ended = to === this.#rowStart;
    const rows = ended ? this.#lineEnds : this.#lineEnds + 1;
    const times = this.#rowTimes.splice(0, rows);
    const text = this.#buffer.toString('utf8', 0, ended ? to - 1 : to);
    const laterMs = times.map((atMs, index) =>
      index === 0 ? 0 : Math.round(atMs) - Math.round(times[index - 1] ?? atMs),
    );
    this.#write({ text, line: this.#line, rows, atMs: Math.round(times[0] ?? 0), laterMs, open });
    this.#line += this.#lineEnds;
    this.#lineEnds = 0;
    this.#buffer.copyWithin(0, to, this.#length);
    this.#length -= to;
    this.#rowStart = 0;
    if (this.#length > 0 && this.#rowTimes.length === 0) this.#rowTimes.push(times.at(-1) ?? 0);
  }

  /** The end of the last whole character: a line that is cut up is cut between characters. */
  #characterEnd(): number {
    for (let back = 1; back <= Math.min(3, this.#length); back++) {
      const byte = this.#buffer[this.#length - back] as number;
      if (byte < 0x80) break;
      if (byte >= 0xc0) return this.#length - back;
    }
    return this.#length;
  }
}
