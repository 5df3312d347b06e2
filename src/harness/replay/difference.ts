/** Where a replay's console differs from the recorded one, for people. */
import { printableLine } from '../../printable.ts';

export interface Difference {
  readonly console: string;
  /** Of the first byte that differs, from power-on. */
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  /** The line as it was recorded, of a long one the part around the difference; `undefined` where the recording had ended. */
  readonly recorded: string | undefined;
  /** The line as it was replayed, as far as it had come; `undefined` where the replay had ended. */
  readonly replayed: string | undefined;
}

/** So many bytes of a line are shown before the difference, and behind it. */
const SHOWN_BYTES = 80;

export function differenceAt(
  console: string,
  offset: number,
  { recorded, replayed }: { recorded: Uint8Array; replayed: Uint8Array },
): Difference {
  const before = Buffer.from(recorded.subarray(0, offset));
  const start = Math.max(before.lastIndexOf(0x0a) + 1, offset - SHOWN_BYTES);
  let line = 1;
  for (const byte of before) if (byte === 0x0a) line++;
  const lineOf = (bytes: Uint8Array) =>
    bytes.length > offset ? partOf(bytes, start, offset + SHOWN_BYTES) : undefined;
  return { console, offset, line, recorded: lineOf(recorded), replayed: lineOf(replayed) };
}

function partOf(bytes: Uint8Array, start: number, most: number): string {
  const end = bytes.indexOf(0x0a, start);
  const text = Buffer.from(bytes.subarray(start, Math.min(end === -1 ? bytes.length : end, most))).toString();
  return printableLine(text.replace(/\r$/, ''));
}
