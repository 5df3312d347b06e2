/**
 * The matches that the rule asks for, found without the engine: line by line with the byte-at-a-time reference.
 * That is the whole rule here because no pattern of the set reaches over a line end.
 */
import { byteAtATime } from '../../src/expect/matcher/byte-at-a-time.ts';
import { compilePattern } from '../../src/expect/pattern/compile.ts';
import { PATTERNS } from './patterns.ts';
import type { Seen } from './receiver.ts';

/** Escape sequences of the corpus, and the bytes that go with them. */
const REMOVED =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\|(?=\n))|\x1b[ -/]*[0-~]|[\0\x0e\x0f]/g;

export function referenceMatches(console: Buffer): Seen[] {
  const patterns = PATTERNS.map((pattern) => compilePattern(pattern));
  const text = Buffer.from(console.toString('latin1').replace(REMOVED, ''), 'latin1');
  const seen: Seen[] = [];
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf(10, from);
    const to = newline < 0 ? text.length : newline + 1;
    const line = text.subarray(from, to);
    // Only a line that some pattern matches as a whole is worth the slow way.
    const shown = line.toString();
    if (
      PATTERNS.some((pattern) =>
        typeof pattern === 'string' ? shown.includes(pattern) : pattern.test(shown),
      )
    )
      for (let match = byteAtATime(patterns, line, 0); match; match = byteAtATime(patterns, line, match.end))
        seen.push({ index: match.index, start: from + match.start, end: from + match.end });
    from = to;
  }
  return seen;
}
