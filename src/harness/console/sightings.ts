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
  const { transcript } = console;
  let wanted = sightings;
  let matcher = startAt(transcript.end);
  const stop = console.observe(() => {
    for (let match = matcher?.advance(); match; match = matcher?.advance()) {
      const sighting = wanted[match.index] as Sighting;
      if (sighting.once) wanted = wanted.filter((other) => other !== sighting);
      matcher = startAt(match.end);
      sighting.seen(match);
    }
    if (!matcher) stop();
  });

  function startAt(offset: number): Matcher | undefined {
    if (wanted.length === 0) return undefined;
    const patterns = wanted.map(({ pattern }) => compilePattern(pattern));
    return new Matcher(patterns, transcript.window, offset);
  }
}
