/** Ages as people write and read them. */
import { ScenarioError } from '../../errors.ts';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `12h`, `7d`, `4w` in ms. @throws ScenarioError for anything else. */
export function ageMs(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text) ?? [];
  if (unit !== undefined) return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  throw new ScenarioError(`"${text}" is no age: expected a number and a unit, as in 30m, 12h, 7d or 4w`);
}

/** `now`, `12 min`, `3 h`, `5 d`: the largest unit that fits. */
export function ageText(ms: number): string {
  if (ms < UNIT_MS.m) return 'now';
  if (ms < UNIT_MS.h) return `${Math.floor(ms / UNIT_MS.m)} min`;
  if (ms < UNIT_MS.d) return `${Math.floor(ms / UNIT_MS.h)} h`;
  return `${Math.floor(ms / UNIT_MS.d)} d`;
}
