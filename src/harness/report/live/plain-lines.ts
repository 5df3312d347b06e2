/** What happens to machines as plain lines, for a log: one for each milestone, and one now and then in between. */
import { printableLine } from '../../../printable.ts';
import { timeText } from '../milestone-rows.ts';
import { seconds } from './block.ts';
import type { LiveEvent } from './event.ts';
import { type Expected, forecast } from './forecast.ts';
import { clockOf, layerOf, type Standing } from './standing.ts';

/** The line of an event; undefined for one that a log can do without. */
export function lineOf(
  event: LiveEvent,
  machine: Standing,
  expected: Expected | undefined,
): string | undefined {
  const own = (text: string) => printableLine(`${machine.name}: ${text}`);
  if (event.kind === 'milestone') {
    if (event.restored) return undefined;
    const usual = expected?.milestones.find(({ name }) => name === event.name);
    return own(`${event.name} ${timeText(event.atMs)}${usual ? ` (usually ${timeText(usual.atMs)})` : ''}`);
  }
  if (event.kind === 'launch') return own(`launching, for ${event.file} › ${event.test}`);
  if (event.kind === 'wait') return own(event.why);
  if (event.kind === 'run')
    return (
      event.restored && own(`restored from ${event.restored.name} in ${timeText(event.restored.tookMs)}`)
    );
  if (event.kind === 'pause') return own(`${event.why}; it is kept: npx domes attach ${machine.name}`);
  return undefined;
}

/** That it still goes on, and how. */
export function stillLine(machine: Standing, expected: Expected | undefined, now: number): string {
  const { name, line, clock, milestones, paused } = machine;
  if (paused !== undefined)
    return printableLine(`${name}: still kept for a person: npx domes attach ${name}`);
  const clockMs = clockOf(machine, now);
  const left =
    clock && expected
      ? `, ~${seconds(forecast(expected, milestones, { clockMs, fromMs: clock.ms }).leftMs)} left`
      : '';
  const last = line ? ` · last line: ${line.text}` : '';
  return printableLine(`${name}: in ${layerOf(machine)} after ${seconds(clockMs)}${left}${last}`);
}
