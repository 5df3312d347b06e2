/** Finds rows of a console's text by number, by line and by time. Knows no document. */
import type { ConsoleView } from '../view.ts';

export interface RowPlace {
  readonly chunk: number;
  /** Row within the chunk. */
  readonly at: number;
}

export class RowIndex {
  readonly rows: number;
  readonly #chunks: ConsoleView['chunks'];
  /** Row that each chunk begins with. */
  readonly #starts: number[] = [];

  constructor(chunks: ConsoleView['chunks']) {
    this.#chunks = chunks;
    let rows = 0;
    for (const [count] of chunks) {
      this.#starts.push(rows);
      rows += count;
    }
    this.rows = rows;
  }

  place(row: number): RowPlace | undefined {
    if (row < 0 || row >= this.rows) return undefined;
    const chunk = lastAtMost(this.#starts, (start) => start, row);
    return { chunk, at: row - (this.#starts[chunk] ?? 0) };
  }

  row({ chunk, at }: RowPlace): number {
    return (this.#starts[chunk] ?? 0) + at;
  }

  /** The row of a 1-based line; the first one of a line that was cut up. */
  rowOfLine(line: number): number | undefined {
    const chunk = this.#chunks.findIndex(([rows, first]) => first + rows > line);
    const found = this.#chunks[chunk];
    return found && line >= found[1] ? this.row({ chunk, at: line - found[1] }) : undefined;
  }

  /** The last chunk that had begun by then; 0 when none had. */
  chunkAt(atMs: number): number {
    return Math.max(
      0,
      lastAtMost(this.#chunks, ([, , startMs]) => startMs, atMs),
    );
  }
}

/** Index of the last item whose value is not above the limit; -1 when all are. Values must not fall. */
export function lastAtMost<T>(items: readonly T[], value: (item: T) => number, limit: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value(items[middle] as T) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
