/** Why a pattern was not seen, as far as the text in memory tells: the text for `probably` in a failed wait's error. */
import type { Match } from './matcher/match.ts';
import { Matcher } from './matcher/matcher.ts';
import { nearestMiss } from './matcher/nearest-miss.ts';
import { type CompiledPattern, describePattern } from './pattern/pattern.ts';
import type { Transcript } from './transcript.ts';

/** Matches looked at, at most: who was seen a hundred times needs no exact answer. */
const MAX_MATCHES = 100;

/** @param cursor where the wait began to read */
export function hindsight(
  patterns: readonly CompiledPattern[],
  transcript: Transcript,
  cursor: number,
): string | undefined {
  const matches = matchesOf(patterns, transcript);
  const { echoes } = transcript;
  const echoed = matches.findLast(
    ({ start, end }) => start >= cursor && echoes.overlapping(start, end) !== undefined,
  );
  if (echoed)
    return `${shown(echoed.text)} is there only in the echo of what was typed, which does not count`;
  const read = matches.findLast(({ end }) => end <= cursor);
  if (!read) return nearly(patterns, transcript, cursor);
  const at = (transcript.atMs(read.end - 1) / 1000).toFixed(3);
  return `${shown(read.text)} was printed before, at ${at} s (line ${transcript.lineNumber(read.start)}), and has been read past`;
}

function matchesOf(patterns: readonly CompiledPattern[], { window }: Transcript): Match[] {
  const matches: Match[] = [];
  let from = window.start;
  while (matches.length < MAX_MATCHES) {
    const matcher = new Matcher(patterns, window, from);
    const match = matcher.advance() ?? matcher.quiet();
    if (!match) break;
    matches.push(match);
    from = match.end;
  }
  return matches;
}

function nearly(
  patterns: readonly CompiledPattern[],
  { window }: Transcript,
  cursor: number,
): string | undefined {
  const miss = nearestMiss(patterns, window, cursor);
  const pattern = miss && patterns[miss.index];
  if (!miss || !pattern) return undefined;
  const awaited = describePattern(pattern.source);
  return miss.exceptCase
    ? `${shown(miss.line)} is ${awaited} but for upper and lower case`
    : `${shown(miss.line)} comes closest to ${awaited}`;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
