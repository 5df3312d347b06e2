/** When a run was. */
import type { RunRecord, TestRecord } from './run.ts';

/**
 * Of one that is put together from others: from the start of its first test to the end of its last, whenever those were.
 * @param merging when the merge itself was, for one without any test that has run
 */
export function spanOfMerged(
  tests: readonly Pick<TestRecord, 'startedAt' | 'tookMs'>[],
  merging: Pick<RunRecord, 'startedAt' | 'endedAt'>,
): Pick<RunRecord, 'startedAt' | 'endedAt'> {
  const ran = tests.flatMap(({ startedAt, tookMs }) => {
    const from = startedAt === undefined ? Number.NaN : Date.parse(startedAt);
    return Number.isNaN(from) ? [] : [{ from, to: from + tookMs }];
  });
  if (ran.length === 0) return merging;
  return {
    startedAt: new Date(Math.min(...ran.map(({ from }) => from))).toISOString(),
    endedAt: new Date(Math.max(...ran.map(({ to }) => to))).toISOString(),
  };
}
