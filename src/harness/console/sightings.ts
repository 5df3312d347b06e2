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

/** Starts watching; the console's own waits see the text after these have. Stops when the console is dropped. */
export function watchFor(console: Console, sightings: readonly Sighting[]): void {
  let wanted = sightings;
  let matcher = start(wanted, console.transcript.end);
  if (wanted.length === 0) return;
  console.onChange(() => {
    for (let match = matcher.advance(); match; match = matcher.advance()) {
      const sighting = wanted[match.index] as Sighting;
      if (sighting.once) wanted = wanted.filter((other) => other !== sighting);
      matcher = start(wanted, match.end);
      sighting.seen(match);
    }
  });

  function start(list: readonly Sighting[], from: number): Matcher {
    return new Matcher(
      list.map(({ pattern }) => compilePattern(pattern)),
      console.transcript.window,
      from,
    );
  }
}
