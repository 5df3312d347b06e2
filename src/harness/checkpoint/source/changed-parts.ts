/** Says which of a step's parts changed: the answer to "why was it executed again?". */
import type { FingerprintPart } from './reach.ts';

/** @returns a phrase for each difference, `const PASSWORD in scenarios/login.ts changed`, ordered by part; none when all are equal. */
export function changedParts(
  before: readonly FingerprintPart[],
  after: readonly FingerprintPart[],
): string[] {
  const old = new Map(before.map(({ what, digest }) => [what, digest]));
  const now = new Map(after.map(({ what, digest }) => [what, digest]));
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((what) => {
    if (old.get(what) === now.get(what)) return [];
    if (!old.has(what)) return [`${what} is new`];
    return [now.has(what) ? `${what} changed` : `${what} is no longer used`];
  });
}
