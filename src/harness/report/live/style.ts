/** How a run is shown while it goes on, and how Vitest's own reporters leave the terminal to that. */
import { ScenarioError } from '../../../errors.ts';
import type { LiveStyle } from './live-view.ts';

/** Reporters that print whole lines once their summary at the bottom, drawn in place, is switched off (Vitest 4.1). */
const WITH_SUMMARY = new Set(['default', 'verbose', 'tree']);
/** Reporters whose output on stdout is for a program: nothing else may be mixed in. */
const FOR_PROGRAMS = new Set(['json', 'junit', 'tap', 'tap-flat']);
/** Those that draw in place, and can't be told not to. */
const DRAWS = new Set(['dot']);

/** As Vitest has them when its config is resolved: a name with options, or an instance. */
export type ReporterEntry = readonly [name: string, options: Record<string, unknown>] | object;

/** True when a reporter's output on stdout is for a program. */
export function isForProgram(reporters: readonly ReporterEntry[]): boolean {
  return names(reporters).some((name) => FOR_PROGRAMS.has(name));
}

/**
 * `DOMES_LIVE` says it (`block`, `lines`, `off`); else it is a block in a terminal that a person looks at, and lines
 * in a CI job's log.
 * @throws ScenarioError for another word.
 */
export function liveStyle(
  reporters: readonly ReporterEntry[],
  { stream, env }: { readonly stream: { readonly isTTY?: boolean }; readonly env: NodeJS.ProcessEnv },
): LiveStyle {
  const asked = env.DOMES_LIVE;
  if (asked === 'lines' || asked === 'off') return asked;
  if (asked && asked !== 'block')
    throw new ScenarioError(`DOMES_LIVE is "${asked}": expected block, lines or off`);
  const isWatched = stream.isTTY === true && env.TERM !== 'dumb' && (asked === 'block' || !isCi(env));
  if (!isWatched) return 'lines';
  const named = names(reporters);
  if (named.some((name) => DRAWS.has(name))) return 'off';
  return named.some((name) => WITH_SUMMARY.has(name)) ? 'block' : 'lines';
}

/** Switches off the summaries that Vitest's reporters would draw where the block is. */
export function withoutSummaries(reporters: ReporterEntry[]): void {
  for (const [index, entry] of reporters.entries())
    if (Array.isArray(entry) && WITH_SUMMARY.has(entry[0]))
      reporters[index] = [entry[0], { ...entry[1], summary: false }];
}

function names(reporters: readonly ReporterEntry[]): string[] {
  return reporters.flatMap((entry) => (Array.isArray(entry) ? [entry[0] as string] : []));
}

function isCi({ CI }: NodeJS.ProcessEnv): boolean {
  return CI !== undefined && CI !== '' && CI !== '0' && CI !== 'false';
}
