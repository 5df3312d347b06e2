/**
 * Watches a console for things that may appear at any time, milestones and failures, in one pass over its text
 * with a matcher of its own: it sees everything, whatever the scenario reads or skips.
 */
import type { Console } from '../../expect/console.ts';
import type { Match } from '../../expect/matcher/match.ts';
import { Matcher } from '../../expect/matcher/matcher.ts';
import { compilePattern } from '../../expect/pattern/compile.ts';

export interface Sighting {
  readonly pattern: RegExp;
  seen(match: Match): void;
}

/** Starts watching. A wait looks at new text only after this has, so that it knows of a failure in the same bytes. */
export function watchFor(console: Console, sightings: readonly Sighting[]): void {
  if (sightings.length === 0) return;
  const { transcript } = console;
  // One list for all: another one would take another automaton.
  const patterns = sightings.map(({ pattern }) => compilePattern(pattern));
  let matcher = new Matcher(patterns, transcript.window, transcript.end);
  console.observe(() => {
    for (let match = matcher.advance(); match; match = matcher.advance()) {
      const sighting = sightings[match.index] as Sighting;
      matcher = new Matcher(patterns, transcript.window, match.end);
      sighting.seen(match);
    }
  });
}
