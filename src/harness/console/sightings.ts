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
  /** Look for the first only. */
  readonly once?: boolean;
  seen(match: Match): void;
}

/** Starts watching. A wait looks at new text only after this has, so that it knows of a failure in the same bytes. */
export function watchFor(console: Console, sightings: readonly Sighting[]): void {
  if (sightings.length === 0) return;
  const { transcript } = console;
  // One list from first to last, whatever was seen: another one would take another automaton.
  const patterns = sightings.map(({ pattern }) => compilePattern(pattern));
  const done = new Set<Sighting>();
  let matcher = new Matcher(patterns, transcript.window, transcript.end);
  const stop = console.observe(() => {
    for (let match = matcher.advance(); match; match = matcher.advance()) {
      const sighting = sightings[match.index] as Sighting;
      matcher = new Matcher(patterns, transcript.window, match.end);
      if (done.has(sighting)) continue;
      if (sighting.once) done.add(sighting);
      sighting.seen(match);
      if (done.size === sightings.length) return stop();
    }
  });
}
