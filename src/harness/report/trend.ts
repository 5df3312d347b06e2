/**
 * What the history says about each milestone: how long its step usually takes, and whether and since when it takes
 * longer. Medians and their absolute deviations, because one busy night must not move what is usual.
 */
import type { HistoryLine } from './history.ts';
import { changesBetween } from './history-changes.ts';
import { median, spread } from './median.ts';

export interface TrendPoint {
  readonly run: string;
  readonly at: string;
  readonly tookMs: number;
}

export interface Trend {
  readonly file: string;
  readonly test: string;
  readonly machine: string;
  readonly milestone: string;
  readonly stage: string;
  /** `wall` does not count what a busy host held QEMU back; `virtual` is QEMU's own clock, where it was kept. */
  readonly clock: 'wall' | 'virtual';
  /** Oldest first; the last one is the latest run's. */
  readonly points: readonly TrendPoint[];
  /** Of the runs before the change, or of all: median, and 1.48 times the median deviation from it, ms. */
  readonly usualMs: number;
  readonly spreadMs: number;
  /** `outlier`: the latest run alone is slow, which may be noise. */
  readonly verdict: 'steady' | 'slower' | 'faster' | 'outlier' | 'too few runs';
  /** The first run that was slower or faster, and what was new in it. */
  readonly since?: TrendPoint & { readonly nowMs: number; readonly changed: readonly string[] };
}

/** Runs before a change that are needed to call it one. */
const LEAST_BEFORE = 5;
/** A change is this many spreads; and a spread is taken to be at least so much: a part of the median, and ms. */
const SPREADS = 4;
const LEAST_SPREAD = { part: 0.03, ms: 15 };

/**
 * The trends of all milestones in the history of comparable runs: same accelerator, same determinism (a recorded run is
 * slower), same number of CPUs, same host.
 */
export function trendsOf(lines: readonly HistoryLine[]): Trend[] {
  const latest = new Map<string, HistoryLine>();
  for (const line of lines) latest.set(`${line.file}\0${line.test}`, line);
  return [...latest.values()].flatMap((last) => {
    const own = lines.filter((line) => line.file === last.file && line.test === last.test);
    return last.machines.flatMap((machine) => {
      const comparable = own.filter(
        (line) =>
          line.host.cpus === last.host.cpus &&
          machineOf(line, machine.name)?.accelerator === machine.accelerator &&
          machineOf(line, machine.name)?.determinism === machine.determinism &&
          machineOf(line, machine.name)?.host === machine.host,
      );
      return machine.milestones.flatMap(({ name, stage }) =>
        (['wall', 'virtual'] as const).flatMap((clock) => {
          const found = comparable.flatMap((line) => {
            const tookMs = stepMs(line, machine.name, name, clock);
            return tookMs === undefined ? [] : [{ line, tookMs }];
          });
          if (found.length === 0) return [];
          const about = {
            file: last.file,
            test: last.test,
            machine: machine.name,
            milestone: name,
            stage,
            clock,
          };
          return [{ ...about, ...judged(found) }];
        }),
      );
    });
  });
}

interface Measured {
  readonly line: HistoryLine;
  readonly tookMs: number;
}

function judged(
  found: readonly Measured[],
): Pick<Trend, 'points' | 'usualMs' | 'spreadMs' | 'verdict' | 'since'> {
  const points = found.map(pointOf);
  const values = points.map(({ tookMs }) => tookMs);
  const all = { usualMs: median(values) ?? 0, spreadMs: spread(values) };
  if (values.length <= LEAST_BEFORE) return { points, ...all, verdict: 'too few runs' };
  const at = changeAt(values);
  const [before, first] = [found[at - 1], found[at]];
  if (!before || !first) return { points, ...all, verdict: 'steady' };
  const usualMs = median(values.slice(0, at)) ?? 0;
  const nowMs = median(values.slice(at)) ?? 0;
  const slower = nowMs > usualMs;
  const isLast = at === values.length - 1;
  if (isLast && !slower) return { points, ...all, verdict: 'steady' };
  return {
    points,
    usualMs,
    spreadMs: spread(values.slice(0, at)),
    verdict: !slower ? 'faster' : isLast ? 'outlier' : 'slower',
    since: { ...pointOf(first), nowMs, changed: changesBetween(before.line, first.line) },
  };
}

/**
 * Where the values change for good: the split that leaves the least deviation from the medians of its two sides. -1 when
 * there is no change, or when the last value does not agree with it.
 */
function changeAt(values: readonly number[]): number {
  let best = { at: -1, cost: Number.POSITIVE_INFINITY };
  for (let at = LEAST_BEFORE; at < values.length; at++) {
    const before = values.slice(0, at);
    const after = values.slice(at);
    const usual = median(before) ?? 0;
    const change = SPREADS * Math.max(spread(before), usual * LEAST_SPREAD.part, LEAST_SPREAD.ms);
    const isChange = [median(after), after[0], after.at(-1)].map((value = 0) => value - usual);
    const cost = deviation(before) + deviation(after);
    if ((isChange.every((by) => by > change) || isChange.every((by) => by < -change)) && cost < best.cost)
      best = { at, cost };
  }
  return best.at;
}

function deviation(values: readonly number[]): number {
  const middle = median(values) ?? 0;
  return values.reduce((sum, value) => sum + Math.abs(value - middle), 0);
}

/** From the milestone before until this one, ms; undefined where it was restored and not run. */
function stepMs(line: HistoryLine, machine: string, name: string, clock: Trend['clock']): number | undefined {
  const milestones = machineOf(line, machine)?.milestones ?? [];
  const index = milestones.findIndex((one) => one.name === name);
  const own = milestones[index];
  if (!own || own.restored) return undefined;
  const before = index > 0 ? milestones[index - 1] : undefined;
  if (clock === 'virtual')
    return own.virtualMs === undefined ? undefined : own.virtualMs - (before?.virtualMs ?? 0);
  if (own.atMs === undefined) return undefined;
  if (before?.restored) return own.tookMs;
  const busyMs = (own.hostWaitMs ?? 0) - (before?.hostWaitMs ?? 0);
  return own.atMs - (before?.atMs ?? 0) - Math.max(0, busyMs);
}

function machineOf({ machines }: HistoryLine, name: string): HistoryLine['machines'][number] | undefined {
  return machines.find((machine) => machine.name === name);
}

function pointOf({ line, tookMs }: Measured): TrendPoint {
  return { run: line.run, at: line.at, tookMs: Math.round(tookMs) };
}
