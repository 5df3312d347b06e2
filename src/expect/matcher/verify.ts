/**
 * The last word on a hit: the JavaScript engine itself, on as much text as the pattern can span.
 */
import type { CompiledPattern } from '../pattern/pattern.ts';
import type { TextWindow } from '../text/text-window.ts';
import { arrivingBytes, characterStart, decodeWithOffsets } from '../text/utf8.ts';
import type { Match } from './match.ts';

export interface SearchRange {
  /** Where the unread text begins: nothing before it is seen, not even by `^` or a look-behind. */
  readonly cursor: number;
  /** No match ends before this offset. */
  readonly firstEnd: number;
  /** Text up to here has arrived. */
  readonly to: number;
}

/** Bytes of the longest character: enough for `^` and `\b` to see what is before them. */
const CHARACTER_BYTES = 4;
const NEWLINE = 10;

/** Runs a pattern on the text that has arrived; the match is JavaScript's own, the leftmost one. */
export function search(
  pattern: CompiledPattern,
  index: number,
  window: TextWindow,
  range: SearchRange,
): Match | undefined {
  const { bytes, base } = window;
  const cursor = Math.max(range.cursor, window.start) - base;
  const to = range.to - base - arrivingBytes(bytes, cursor, range.to - base);
  const lowest = Math.max(cursor, range.to - base - pattern.lookBack);
  const spanned = Math.max(lowest, spanStart(pattern, bytes, range.firstEnd - base, lowest));
  const from = characterStart(bytes, cursor, spanned, to);
  if (from >= to) return undefined;
  const context = Number.isFinite(pattern.looksBehind) ? pattern.looksBehind : 0;
  const seen = characterStart(bytes, cursor, Math.max(cursor, from - Math.max(context, CHARACTER_BYTES)), to);
  const decoded = decodeWithOffsets(bytes, seen, to);
  const { regex } = pattern;
  regex.lastIndex = decoded.indexAt(from - seen);
  const found = regex.exec(decoded.text);
  if (!found) return undefined;
  const [text, ...groups] = found;
  return {
    index,
    start: base + seen + decoded.startOffset(found.index),
    end: base + seen + decoded.endOffset(found.index + text.length),
    text,
    groups,
    named: { ...found.groups },
  };
}

/** Where the earliest match that ends at `firstEnd` or later can begin. */
function spanStart(pattern: CompiledPattern, bytes: Buffer, firstEnd: number, lowest: number): number {
  if (Number.isFinite(pattern.maxLength + pattern.looksBehind)) return firstEnd - pattern.maxLength;
  let at = firstEnd;
  for (let lines = 0; lines <= pattern.maxLineEnds; lines++) {
    at = at > lowest ? bytes.lastIndexOf(NEWLINE, at - 1) : -1;
    if (at < lowest) return lowest;
  }
  return at + 1;
}

/** Of matches that are complete: the one that ends first, else begins first, else stands first in the list. */
export function earlier(a: Match | undefined, b: Match | undefined): Match | undefined {
  if (!a || !b) return a ?? b;
  return (b.end - a.end || b.start - a.start || b.index - a.index) < 0 ? b : a;
}
