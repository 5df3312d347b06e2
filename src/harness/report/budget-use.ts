/** How a milestone stands to its budget. */
import type { MilestoneRecord } from './record.ts';

type Times = Pick<MilestoneRecord, 'atMs' | 'hostWaitMs' | 'virtualMs' | 'budgetMs'>;

/**
 * What counts of a milestone's time, ms: the guest's own time where it has one, else what was not lost to a busy host.
 * `undefined` when it was not reached.
 */
export function countedMs({ atMs, hostWaitMs = 0, virtualMs }: Times): number | undefined {
  return atMs === undefined ? undefined : (virtualMs ?? atMs - hostWaitMs);
}

export function isLate(milestone: Times): boolean {
  const { budgetMs } = milestone;
  const usedMs = countedMs(milestone);
  return budgetMs !== undefined && usedMs !== undefined && usedMs > budgetMs;
}
