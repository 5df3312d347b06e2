/** The right name that a wrong one was probably meant to be. */

/**
 * `recpie` among `recipe, url, file` → `recipe`; `memory` among `cpu, memoryMiB` → `memoryMiB`. Undefined when none is
 * near: more than a third of the letters wrong.
 */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  const given = wrong.toLowerCase();
  const beginning = names.find((name) => given.length >= 3 && name.toLowerCase().startsWith(given));
  if (beginning) return beginning;
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(given, name.toLowerCase());
    if (!best || distance < best.distance) best = { name, distance };
  }
  return best && best.distance <= Math.max(1, Math.ceil(wrong.length / 3)) ? best.name : undefined;
}

/** ` (did you mean "recipe"?)`, or the list of what there is. Starts with a space; to be put behind a message. */
export function orNearest(wrong: string, names: readonly string[]): string {
  const near = nearestName(wrong, names);
  if (near) return ` (did you mean "${near}"?)`;
  return names.length > 0 ? ` (there is: ${names.join(', ')})` : '';
}

/** Letters to insert, remove or change, where two neighbours swapped count as one change (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(beforeLast, j - 2) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
