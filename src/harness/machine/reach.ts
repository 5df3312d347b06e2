/** Waiting for milestones. */
import type { Console } from '../../expect/console.ts';
import { consoleOfRole, FIRMWARE_CONSOLE } from '../console/port.ts';
import { MILESTONE_SIGNS } from '../milestone/catalogue.ts';
import type { Milestone } from '../milestone/milestone.ts';
import type { Stage } from '../stage.ts';
import { checkBudget } from './budget.ts';
import type { Machine } from './machine.ts';
import type { ReachOptions } from './machine-context.ts';

/** A milestone that is waited for. */
export interface Wanted {
  readonly name: string;
  readonly stage: Stage;
  /** Where it will show, most likely. */
  readonly console: Console;
  /** The milestone, once it is reached. */
  readonly find: () => Milestone | undefined;
}

/** See Machine.reach. */
export function reachMilestone(machine: Machine, stage: Stage, options?: ReachOptions): Promise<Milestone> {
  const console = consoleThatShows(machine, stage);
  const find = () => machine.milestones.get(stage);
  return reachWanted(machine, { name: stage, stage, console, find }, options);
}

/** @throws BudgetError when it came too late; ExpectTimeoutError and the others as Console.expect does. */
export async function reachWanted(
  machine: Machine,
  { name, stage, console, find }: Wanted,
  { budget, ...wait }: ReachOptions = {},
): Promise<Milestone> {
  const { milestones } = machine;
  // Written for the time of a live machine: a recorded one is slower by the clock, and its own time is another.
  const isChecked = machine.recordedBy === undefined;
  if (budget !== undefined) milestones.allow(find()?.name ?? name, stage, isChecked ? budget : 'unchecked');
  const reached = await milestones.whileAwaiting(name, () =>
    console.until(
      `milestone "${name}"`,
      {
        check: find,
        offsetOf: (milestone) => (milestone.console === console.name ? milestone.offset : 0),
        onChange: (listener) => milestones.onNoted(listener),
      },
      wait,
    ),
  );
  if (budget !== undefined && isChecked)
    checkBudget(await inOwnTime(machine, reached), budget, (facts) =>
      machine.explain(reached.console, facts),
    );
  return reached;
}

/** Where the guest has a time of its own, a budget is of that: it is the same on a busy host. */
async function inOwnTime(machine: Machine, reached: Milestone): Promise<Milestone> {
  const ms = reached.virtualMs ?? (await machine.virtualMs());
  return ms === undefined ? reached : { ...reached, atMs: ms, hostWaitMs: 0 };
}

function consoleThatShows(machine: Machine, stage: Stage): Console {
  const role = MILESTONE_SIGNS.find((known) => known.stage === stage)?.role;
  if (role === 'firmware') return machine.console(FIRMWARE_CONSOLE);
  return machine.console(role && consoleOfRole(machine.spec.consoles, role));
}
