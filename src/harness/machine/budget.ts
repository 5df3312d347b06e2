/** Budgets: how late a milestone may be, on a clock that a busy host does not falsify. */
import { BudgetError, type FailureFacts } from '../../errors.ts';
import type { Milestone } from '../milestone/milestone.ts';

/**
 * Checks a milestone against its budget, ms since QEMU's start; the time in which the host gave QEMU no processor is
 * not counted.
 * @throws BudgetError when it was later.
 */
export function checkBudget(
  { name, atMs, hostWaitMs, console }: Milestone,
  budget: number,
  explain: (facts: FailureFacts) => FailureFacts,
): void {
  const ownMs = atMs - hostWaitMs;
  if (ownMs <= budget) return;
  const isHostBusy = hostWaitMs > budget / 4;
  throw new BudgetError(
    `milestone "${name}" was reached after ${seconds(ownMs)}, later than its budget of ${seconds(budget)}`,
    explain({
      doing: `reaching "${name}"`,
      console,
      probably: isHostBusy
        ? `the host is busy: QEMU waited ${seconds(hostWaitMs)} for a processor (not counted), and caches suffer too`
        : 'this boot has become slower: compare the timeline with an earlier run',
    }),
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
