/**
 * A console as an asciicast, version 3 (https://docs.asciinema.org/manual/asciicast/v3/): what was printed and typed, with
 * the machine's milestones as markers. One JSON value a line; `asciinema play` and the asciinema player read it.
 */
import { StringDecoder } from 'node:string_decoder';
import type { Piece } from '../console-recording.ts';
import type { MilestoneRecord } from '../record.ts';

export interface CastHeader {
  readonly title: string;
  /** Of the machine's start, ISO 8601. */
  readonly startedAt: string;
  readonly columns: number;
  readonly rows: number;
  /** The guest ends its lines with LF alone (a debug port does): a terminal needs CR too. */
  readonly bareNewlines?: boolean;
}

/** What a serial terminal has, and what GRUB and getty take it for. */
export const SERIAL_TERMINAL = { columns: 80, rows: 24 } as const;

export class Asciicast {
  readonly #write: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  /** Markers that are still to come, the next one last. */
  readonly #markers: { readonly atMs: number; readonly name: string }[];
  readonly #bareNewlines: boolean;
  #beforeMs = 0;
  /** When the last piece came: a character that it left half may be all that it had. */
  #heardMs = 0;

  /** @param write is given each line, without its line end. */
  constructor(header: CastHeader, milestones: readonly MilestoneRecord[], write: (line: string) => void) {
    this.#write = write;
    this.#markers = milestones
      .flatMap(({ atMs, name }) => (atMs === undefined ? [] : [{ atMs, name }]))
      .sort((a, b) => b.atMs - a.atMs);
    const { title, startedAt, columns, rows, bareNewlines = false } = header;
    this.#bareNewlines = bareNewlines;
    const timestamp = Math.floor(Date.parse(startedAt) / 1000);
    write(
      JSON.stringify({
        version: 3,
        term: { cols: columns, rows, type: 'vt100' },
        ...(Number.isFinite(timestamp) && { timestamp }),
        title,
      }),
    );
  }

  add({ atMs, direction, bytes }: Piece): void {
    this.#mark(atMs);
    this.#heardMs = atMs;
    // A character may be split over pieces; what is typed never is.
    const text = direction === 'o' ? this.#decoder.write(bytes) : bytes.toString('utf8');
    if (text === '') return;
    this.#event(atMs, direction, this.#bareNewlines ? text.replaceAll('\n', '\r\n') : text);
  }

  end(): void {
    const rest = this.#decoder.end();
    if (rest !== '') this.#event(this.#heardMs, 'o', rest);
    this.#mark(Number.POSITIVE_INFINITY);
  }

  #mark(toMs: number): void {
    for (let next = this.#markers.at(-1); next && next.atMs <= toMs; next = this.#markers.at(-1)) {
      this.#event(next.atMs, 'm', next.name);
      this.#markers.pop();
    }
  }

  /** Times are written as intervals; rounding each by itself would add up to minutes. */
  #event(atMs: number, code: 'o' | 'i' | 'm', text: string): void {
    const roundedMs = Math.max(this.#beforeMs, Math.round(atMs));
    this.#write(`[${(roundedMs - this.#beforeMs) / 1000},"${code}",${JSON.stringify(text)}]`);
    this.#beforeMs = roundedMs;
  }
}
