/**
 * How long a machine will take, learned from the milestones of earlier runs. All in machine time (ms since power-on),
 * so that a machine that was restored is told by the same runs as one that was booted.
 */
import { type HistoryLine, historyKey } from '../history.ts';
import { median } from '../median.ts';
import type { ReachedMilestone } from './standing.ts';

/** Runs that are looked at: the latest, as scenarios change. */
const RUNS = 9;

/** A host is not so much faster or slower than it was; before that has shown, a milestone says little. */
const PACE = { least: 0.3, most: 4, fromMs: 500 };

export interface Expected {
  /** In the order in which they were reached. */
  readonly milestones: readonly { readonly name: string; readonly atMs: number }[];
  /** When the machine ended, ms. */
  readonly endMs: number;
}

export interface Forecast {
  /** 0 to 1. */
  readonly done: number;
  readonly leftMs: number;
}

/** Earlier runs by scenario, for many look-ups. */
export function byScenario(lines: readonly HistoryLine[]): ReadonlyMap<string, HistoryLine[]> {
  const found = new Map<string, HistoryLine[]>();
  for (const line of lines) {
    if (line.state !== 'passed') continue;
    const key = historyKey(line.file, line.test);
    const own = found.get(key);
    if (own) own.push(line);
    else found.set(key, [line]);
  }
  return found;
}

/**
 * What a machine did in the earlier runs of its scenario; undefined when there are none.
 * @param earlier runs of this scenario that passed, oldest first.
 */
export function expectedOf(earlier: readonly HistoryLine[], machine: string): Expected | undefined {
  const runs = earlier
    .flatMap((line) => {
      const own = line.machines.find(({ name }) => name === machine);
      return own ? [{ own, tookMs: line.tookMs }] : [];
    })
    .slice(-RUNS);
  const times = new Map<string, number[]>();
  for (const { own } of runs)
    for (const { name, atMs } of own.milestones)
      if (atMs !== undefined) times.set(name, [...(times.get(name) ?? []), atMs]);
  const milestones = [...times]
    // One that most runs did not have is not waited for.
    .filter(([, all]) => all.length * 2 > runs.length)
    .map(([name, all]) => ({ name, atMs: median(all) ?? 0 }))
    .sort((a, b) => a.atMs - b.atMs);
  const ends = runs.flatMap(({ own, tookMs }) => own.ranMs ?? tookMs ?? []);
  const endMs = Math.max(median(ends) ?? 0, milestones.at(-1)?.atMs ?? 0);
  return endMs > 0 ? { milestones, endMs } : undefined;
}

/**
 * How far a machine is. The pace of what it has done so far is what it is expected to keep; and what it has not
 * reached is not behind it, however long that takes.
 * @param clockMs its time now
 * @param fromMs its time when it began, more than nothing for one that was restored.
 */
export function forecast(
  expected: Expected,
  reached: readonly ReachedMilestone[],
  { clockMs, fromMs }: { readonly clockMs: number; readonly fromMs: number },
): Forecast {
  const planned = new Map(expected.milestones.map(({ name, atMs }) => [name, atMs]));
  const last = reached.findLast(({ name }) => planned.has(name));
  const lastPlanned = last ? (planned.get(last.name) ?? 0) : 0;
  const own = reached.findLast(({ name, restored }) => !restored && planned.has(name));
  const pace = own ? paceOf(own.atMs - fromMs, (planned.get(own.name) ?? 0) - fromMs) : 1;
  const isReached = new Set(reached.map(({ name }) => name));
  const next = expected.milestones.find(({ name, atMs }) => atMs >= lastPlanned && !isReached.has(name));
  // Where it would be by now on the plan's own clock.
  const sinceMs = Math.max(0, clockMs - Math.max(last?.atMs ?? 0, fromMs)) / pace;
  const from = Math.max(lastPlanned, fromMs);
  const at = Math.min(from + sinceMs, next?.atMs ?? Number.POSITIVE_INFINITY, expected.endMs);
  const whole = Math.max(1, expected.endMs - fromMs);
  return { done: Math.min(1, Math.max(0, (at - fromMs) / whole)), leftMs: (expected.endMs - at) * pace };
}

function paceOf(tookMs: number, plannedMs: number): number {
  if (plannedMs < PACE.fromMs) return 1;
  return Math.min(PACE.most, Math.max(PACE.least, tookMs / plannedMs));
}
