/**
 * A block of rows at the bottom of a terminal that is drawn anew in place, while everything else that is written to
 * stdout and stderr scrolls by above it. The one owner of the terminal's last rows while it is there.
 */
import { stripVTControlCharacters } from 'node:util';

/** The part of a stream that is used; process.stdout and process.stderr have it. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write: typeof process.stdout.write;
}

// DEC private modes: 2026 lets a terminal show what is between at once; without 7 a row that is too long (a wide
// character that we took for a narrow one) is cut off instead of pushing the others down.
const AT_ONCE = { begin: '\x1b[?2026h', end: '\x1b[?2026l' };
const WRAPPING = { off: '\x1b[?7l', on: '\x1b[?7h' };

export class TerminalBlock implements Disposable {
  readonly #stream: TerminalStream;
  readonly #write: TerminalStream['write'];
  readonly #restore: (() => void)[] = [];
  /** What others have written since the last drawing, and its last line as long as that has no end. */
  #above = '';
  #drawn: readonly string[] = [];
  #wanted: readonly string[] = [];
  #isScheduled = false;

  /** @param streams the terminal's; those that are none (a file) are left alone. */
  constructor(stream: TerminalStream, streams: readonly TerminalStream[]) {
    this.#stream = stream;
    this.#write = stream.write.bind(stream) as TerminalStream['write'];
    for (const other of streams) if (other.isTTY) this.#restore.push(this.#intercept(other));
  }

  /** Draws these rows in place of those before. */
  draw(rows: readonly string[]): void {
    this.#wanted = rows;
    this.#paint();
  }

  /** Takes the block away, and gives the streams back. Idempotent. */
  [Symbol.dispose](): void {
    for (const restore of this.#restore.splice(0)) restore();
    this.#wanted = [];
    this.#paint(true);
  }

  #paint(isLast = false): void {
    // A line without its end stays back: the block could not follow it on a row of its own.
    const end = isLast ? this.#above.length : this.#above.lastIndexOf('\n') + 1;
    const above = this.#above.slice(0, end);
    this.#above = this.#above.slice(end);
    if (above === '' && same(this.#drawn, this.#wanted)) return;
    const block = this.#wanted.length === 0 ? '' : `${WRAPPING.off}${this.#wanted.join('\n')}${WRAPPING.on}`;
    this.#write(`${AT_ONCE.begin}${this.#erasure()}${above}${block}${AT_ONCE.end}`);
    this.#drawn = this.#wanted;
  }

  /** From the end of the block's last row back to where it began. A terminal that was made narrower has wrapped it. */
  #erasure(): string {
    if (this.#drawn.length === 0) return '';
    const columns = this.#stream.columns || 80;
    const rows = this.#drawn.reduce(
      (sum, row) => sum + Math.max(1, Math.ceil(stripVTControlCharacters(row).length / columns)),
      0,
    );
    return `\r${rows > 1 ? `\x1b[${rows - 1}A` : ''}\x1b[J`;
  }

  #intercept(stream: TerminalStream): () => void {
    const own = stream.write;
    stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
      this.#above += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      this.#schedule();
      const called = typeof encoding === 'function' ? encoding : done;
      if (typeof called === 'function') queueMicrotask(() => called());
      return true;
    }) as TerminalStream['write'];
    return () => {
      stream.write = own;
    };
  }

  /** What is written in one go is drawn in one go. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#paint();
    });
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((row, index) => row === b[index]);
}
