/** Where a replay's console differs from the recorded one, for people. */
import { printableLine } from '../../printable.ts';

export interface Difference {
  readonly console: string;
  /** Of the first byte that differs, from power-on. */
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  /** The line as it was recorded; `undefined` where the recording had ended. */
  readonly recorded: string | undefined;
  /** The line as it was replayed, as far as it had come; `undefined` where the replay had ended. */
  readonly replayed: string | undefined;
}

export function differenceAt(
  console: string,
  offset: number,
  { recorded, replayed }: { recorded: Uint8Array; replayed: Uint8Array },
): Difference {
  const before = Buffer.from(recorded.subarray(0, offset));
  const start = before.lastIndexOf(0x0a) + 1;
  let line = 1;
  for (const byte of before) if (byte === 0x0a) line++;
  const lineOf = (bytes: Uint8Array) => (bytes.length > offset ? lineFrom(bytes, start) : undefined);
  return { console, offset, line, recorded: lineOf(recorded), replayed: lineOf(replayed) };
}

function lineFrom(bytes: Uint8Array, start: number): string {
  const end = bytes.indexOf(0x0a, start);
  const text = Buffer.from(bytes.subarray(start, end === -1 ? bytes.length : end)).toString();
  return printableLine(text.replace(/\r$/, ''));
}
