/**
 * Finds, in text that arrives in chunks, the lines that hold one of many literals. What a carriage return overwrites is
 * a line of its own here, with the same number. Memory is bounded: a line longer than {@link LONGEST_LINE} is looked
 * at a piece at a time, and pieces overlap.
 */
import { decodeText } from '../../expect/text/utf8.ts';
import type { LiteralScan, ScanPlace } from './literal-scan.ts';
import { UnfinishedLine } from './unfinished-line.ts';

export const LONGEST_LINE = 16 * 1024;
/** How much of a long line's piece is looked at again with the next one. */
const OVERLAP = 1024;
const NEWLINE = 10;
const RETURN = 13;

/** So many lines that told all they have to tell are remembered. */
const MOST_REMEMBERED = 4096;
/**
 * What is known of a line when it was looked at: so many of the lines that follow are wanted whatever they hold; or it
 * tells nothing, however often it comes; or it has told all it has to tell of a topic, until that is reopened.
 */
export type Outcome = number | 'dull' | { readonly topic: object };

export interface ScannedLine {
  readonly text: string;
  /** 1-based; line feeds count. */
  readonly number: number;
  /** Offsets of its bytes in the text; `to` is behind its last. */
  readonly from: number;
  readonly to: number;
  /** Numbers of the literals in it. */
  readonly found: ReadonlySet<number>;
  /** It has not ended yet: it is handed on again when it has. */
  readonly open: boolean;
}

export interface LineScanParts {
  readonly scan: LiteralScan;
  /** For the number of each literal whether a line is looked at for its sake. Others are only told. */
  readonly wanted: Uint8Array;
  /** Whether a line is handed on as far as it has come, too. */
  readonly seesOpen: boolean;
  readonly seen: (line: ScannedLine) => Outcome;
}

export class LineScan {
  readonly #parts: LineScanParts;
  readonly #place: ScanPlace;
  readonly #unfinished = new UnfinishedLine(LONGEST_LINE);
  /** Whether the unfinished line holds something wanted. */
  #isHit = false;
  /** Consoles repeat themselves: a loop of retries, a flood of the same warning. */
  readonly #dull = new Set<string>();
  readonly #told = new Map<string, object>();
  /** So many lines that say something are handed on whatever they hold. */
  #more = 0;
  /** Offset of the chunk in the text; line feeds before `#countedTo` in it. */
  #base: number;
  #countedTo = 0;
  #lineFeeds = 0;

  /** @param from offset of the first byte that will be read */
  constructor(parts: LineScanParts, from = 0) {
    this.#parts = parts;
    this.#base = from;
    this.#place = { at: 0, state: parts.scan.start };
  }

  /** Reads text without escape sequences. */
  read(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const place = this.#place;
    place.at = 0;
    this.#countedTo = 0;
    let from = 0;
    while (place.at < bytes.length) {
      if (!this.#isHit && this.#more === 0) {
        if (!this.#untilWanted(bytes)) break;
        this.#isHit = true;
        from = lineStart(bytes, place.at - 1);
      }
      if (from > 0) this.#unfinished.clear();
      const limit = from + Math.max(1, LONGEST_LINE - this.#unfinished.length);
      const end = lineEnd(bytes, place.at, limit);
      if (end === bytes.length && end < limit) break;
      this.#handOn(bytes, from, end);
      const isWhole = isLineEnd(bytes[end]);
      from = isWhole ? end + 1 : Math.max(from, end - OVERLAP);
      place.at = isWhole ? from : end;
      place.state = this.#parts.scan.start;
    }
    this.#keep(bytes);
  }

  /** Lines that had told all of these topics, or of any, may have something to tell again. */
  reopen(topics?: ReadonlySet<object>): void {
    if (!topics) this.#told.clear();
    else for (const [key, topic] of this.#told) if (topics.has(topic)) this.#told.delete(key);
  }

  /** The text has ended, and its last line with it. */
  end(): void {
    if (this.#isHit || this.#more > 0) this.#handOn(Buffer.alloc(0), 0, 0);
  }

  /** Reads on behind the next literal that is wanted; false where there is none. */
  #untilWanted(bytes: Buffer): boolean {
    const { scan, wanted } = this.#parts;
    const place = this.#place;
    while (scan.read(bytes, bytes.length, place)) {
      const found = scan.found(place.state);
      for (let i = 0; i < found.length; i++) if (wanted[found[i] as number] === 1) return true;
    }
    return false;
  }

  /** Hands on the line, or piece of one, that begins at `from` or before the chunk, and ends at `end`. */
  #handOn(bytes: Buffer, from: number, end: number): void {
    const whole = this.#whole(bytes, from, end);
    // Decoding costs more than this, which is as good for telling lines apart.
    const key = whole.toString('latin1');
    const isOld = this.#more === 0 && (this.#dull.has(key) || this.#told.has(key));
    const line = isOld ? undefined : this.#line(bytes, { from, end, whole, text: decodeText(whole) });
    this.#isHit = false;
    this.#unfinished.clear();
    if (!line || line.text.trim() === '') return;
    const outcome = this.#parts.seen(line);
    this.#more = Math.max(this.#more - 1, typeof outcome === 'number' ? outcome : 0);
    this.#remember(key, outcome);
  }

  #remember(key: string, outcome: Outcome): void {
    if (outcome === 'dull') {
      if (this.#dull.size >= MOST_REMEMBERED) this.#dull.clear();
      this.#dull.add(key);
    } else if (typeof outcome === 'object') {
      if (this.#told.size >= MOST_REMEMBERED) this.#told.clear();
      this.#told.set(key, outcome.topic);
    }
  }

  #whole(bytes: Buffer, from: number, end: number): Buffer {
    const before = this.#unfinished.bytes;
    const here = bytes.subarray(from, end);
    return before.length > 0 ? Buffer.concat([before, here]) : here;
  }

  #line(
    bytes: Buffer,
    { from, end, whole, text }: { from: number; end: number; whole: Buffer; text: string },
  ): ScannedLine {
    const to = this.#base + end;
    const number = this.#lineFeedsBefore(bytes, from) + 1;
    return { text, number, from: to - whole.length, to, found: this.#literalsIn(whole), open: false };
  }

  #literalsIn(line: Buffer): Set<number> {
    const { scan } = this.#parts;
    const place = { at: 0, state: scan.start };
    const found = new Set<number>();
    while (scan.read(line, line.length, place))
      for (const number of scan.found(place.state)) found.add(number);
    return found;
  }

  /** Keeps what the next chunk may go on with, and counts the rest. */
  #keep(bytes: Buffer): void {
    const from = lineStart(bytes, bytes.length);
    if (from > 0) this.#unfinished.clear();
    if (this.#isHit && this.#parts.seesOpen) {
      const end = bytes.length;
      const whole = this.#whole(bytes, from, end);
      this.#parts.seen({
        ...this.#line(bytes, { from, end, whole, text: decodeText(whole) }),
        open: true,
      });
    }
    this.#unfinished.append(bytes.subarray(from));
    this.#lineFeedsBefore(bytes, bytes.length);
    this.#base += bytes.length;
    // A literal may go on in the next chunk: the automaton's state says how far it got, unless the line was jumped to.
    if (this.#isHit) this.#place.state = this.#parts.scan.start;
  }

  #lineFeedsBefore(bytes: Buffer, at: number): number {
    let next = bytes.indexOf(NEWLINE, this.#countedTo);
    for (; next >= 0 && next < at; next = bytes.indexOf(NEWLINE, next + 1)) this.#lineFeeds++;
    this.#countedTo = Math.max(this.#countedTo, at);
    return this.#lineFeeds;
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === NEWLINE || byte === RETURN;
}

/** Where the line begins that holds `at`; of a long one, a place so far before that as much can stand behind. */
function lineStart(bytes: Buffer, at: number): number {
  const least = Math.max(0, at - LONGEST_LINE / 2);
  let from = at;
  while (from > least && !isLineEnd(bytes[from - 1])) from--;
  return from;
}

/** Where the line ends that holds `at`, or `limit` where that comes first. */
function lineEnd(bytes: Buffer, at: number, limit: number): number {
  const most = Math.min(bytes.length, Math.max(limit, at));
  let end = at;
  while (end < most && !isLineEnd(bytes[end])) end++;
  return end;
}
