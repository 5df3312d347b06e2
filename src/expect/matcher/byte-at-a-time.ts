/**
 * The rule of matcher.ts in its plainest form, for the tests and the bench: one byte at a time, every pattern
 * on all the unread text, nothing carried over. It shares no code with the engine.
 */
import type { CompiledPattern } from '../pattern/pattern.ts';

export interface ReferenceMatch {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

interface Decoded {
  readonly text: string;
  /** Offset of the character of each UTF-16 unit, and the end. */
  readonly offsets: readonly number[];
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Bytes that complete any beginning of a character. */
const ENDINGS = [
  [0x80],
  [0xa0],
  [0x90],
  [0x80, 0x80],
  [0xa0, 0x80],
  [0x90, 0x80],
  [0x80, 0x80, 0x80],
  [0x90, 0x80, 0x80],
];

/** The first match in `text` from `from` on, when the bytes come one by one and then the console is quiet. */
export function byteAtATime(
  patterns: readonly CompiledPattern[],
  text: Uint8Array,
  from: number,
): ReferenceMatch | undefined {
  const lookBack = Math.max(...patterns.map((pattern) => pattern.lookBack));
  for (let end = from + 1; end <= text.length; end++) {
    const arrived = decode(text.subarray(from, end));
    const found = (which: 'open' | 'closed') =>
      patterns.flatMap((pattern, index) =>
        pattern.end === which ? run(pattern, index, arrived, from, end) : [],
      );
    const closed = found('closed');
    const newline = text[end - 1] === 10;
    const isCut = (end - from) % lookBack === 0 && !text.subarray(end - lookBack, end).includes(10);
    const decided = newline || isCut;
    const open = decided
      ? found('open')
      : closed.length > 0
        ? found('open').filter((match) => match.end < end)
        : [];
    const [first] = [...closed, ...open].sort(inOrder);
    if (first) return first;
  }
  const arrived = decode(text.subarray(from));
  return patterns
    .flatMap((pattern, index) =>
      pattern.end === 'open' ? run(pattern, index, arrived, from, text.length) : [],
    )
    .sort(inOrder)[0];
}

function inOrder(a: ReferenceMatch, b: ReferenceMatch): number {
  return a.end - b.end || a.start - b.start || a.index - b.index;
}

/** The leftmost match of a pattern in the text that has arrived, which goes from `from` to `end`. */
function run(
  { source, lookBack }: CompiledPattern,
  index: number,
  { text, offsets }: Decoded,
  from: number,
  end: number,
): ReferenceMatch[] {
  const first = offsets.findIndex((offset) => from + offset >= end - lookBack);
  const [at, length] = typeof source === 'string' ? find(source, text, first) : exec(source, text, first);
  if (at < 0) return [];
  let last = at + length;
  // Half of a character of four bytes counts as all of it.
  while (last > 0 && offsets[last] === offsets[last - 1]) last++;
  return [{ index, start: from + (offsets[at] as number), end: from + (offsets[last] as number) }];
}

function find(literal: string, text: string, first: number): [at: number, length: number] {
  return [text.indexOf(literal, first), literal.length];
}

function exec(source: RegExp, text: string, first: number): [at: number, length: number] {
  const regex = new RegExp(source.source, `${source.flags.replace('g', '')}g`);
  regex.lastIndex = first;
  const found = regex.exec(text);
  return found ? [found.index, found[0].length] : [-1, 0];
}

/** Each invalid byte is one U+FFFD; a character that is still arriving is left out. */
function decode(bytes: Uint8Array): Decoded {
  let text = '';
  const offsets: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const rest = bytes.subarray(at, at + 4);
    const length = [1, 2, 3, 4].find((count) => count <= rest.length && isCharacter(rest.subarray(0, count)));
    const mayArrive = () => ENDINGS.some((ending) => isCharacter(Uint8Array.from([...rest, ...ending])));
    if (length === undefined && rest.length < 4 && mayArrive()) break;
    const character = length === undefined ? '\ufffd' : strict.decode(rest.subarray(0, length));
    for (let unit = 0; unit < character.length; unit++) offsets.push(at);
    text += character;
    at += length ?? 1;
  }
  offsets.push(at);
  return { text, offsets };
}

function isCharacter(bytes: Uint8Array): boolean {
  // By far the most.
  if (bytes.length === 1) return (bytes[0] as number) < 0x80;
  try {
    return [...strict.decode(bytes)].length === 1;
  } catch {
    return false;
  }
}
