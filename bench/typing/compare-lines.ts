/** What became of lines that were typed. */

export interface Difference {
  readonly lost: number;
  readonly doubled: number;
  /** The first line that came otherwise, both ways. */
  readonly first: string;
}

/** Counts what is missing in `got` and what is there too often; a changed line is one of each. */
export function compareLines(typed: readonly string[], got: readonly string[]): Difference {
  const counts = new Map<string, number>();
  for (const line of typed) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of got) counts.set(line, (counts.get(line) ?? 0) - 1);
  const values = [...counts.values()];
  const at = typed.findIndex((line, i) => line !== got[i]);
  return {
    lost: values.filter((count) => count > 0).reduce((sum, count) => sum + count, 0),
    doubled: values.filter((count) => count < 0).reduce((sum, count) => sum - count, 0),
    first: `line ${at + 1}, ${JSON.stringify(typed[at])} came as ${JSON.stringify(got[at])}`,
  };
}
