/** The milestones of a machine in numbers: when, how long, of what budget, and what proved it. */
import { printableLine } from '../../../../printable.ts';
import { countedMs, isLate } from '../../budget-use.ts';
import { seconds } from '../seconds.ts';
import type { MachineView, TrendView } from '../view.ts';
import type { Clock } from './clock.ts';
import { h } from './element.ts';
import { layerClass } from './layer-name.ts';
import { sparkline } from './sparkline.ts';

type Milestone = MachineView['milestones'][number];

/** A smaller part of the time is not worth a word. */
const NOTED_WAIT = 0.05;

export function milestoneTable(
  machine: MachineView,
  trends: readonly TrendView[],
  clock: Clock,
): HTMLElement {
  const hasBudgets = machine.milestones.some(({ budgetMs }) => budgetMs !== undefined);
  const hasTrends = trends.some(({ tookMs }) => tookMs.length > 2);
  const table = h(
    'table',
    { class: 'milestones' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...['Milestone', 'at'].map((name) => h('th', { scope: 'col' }, name)),
        h('th', { scope: 'col', class: 'took' }, 'took'),
        hasBudgets && h('th', { scope: 'col' }, 'budget'),
        hasTrends && h('th', { scope: 'col', class: 'trend' }, 'trend'),
        h('th', { scope: 'col', class: 'proof' }, 'proved by'),
      ),
    ),
    h(
      'tbody',
      {},
      ...machine.milestones.map((one) => row(one, machine, clock, { hasBudgets, hasTrends, trends })),
    ),
  );
  return h('div', {}, table, hasBudgets && hostWait(machine));
}

interface Columns {
  readonly hasBudgets: boolean;
  readonly hasTrends: boolean;
  readonly trends: readonly TrendView[];
}

function row(
  one: Milestone,
  machine: MachineView,
  clock: Clock,
  { hasBudgets, hasTrends, trends }: Columns,
): HTMLElement {
  const { name, stage, atMs, tookMs, restored, console, evidence } = one;
  const seek = () => clock.seek((atMs ?? 0) + machine.sinceMs);
  const trend = trends.find((candidate) => candidate.machine === machine.name && candidate.name === name);
  return h(
    'tr',
    { class: atMs === undefined ? 'missed' : restored ? 'restored' : '' },
    h(
      'th',
      { scope: 'row' },
      h('i', { class: `dot ${layerClass(stage)}` }),
      atMs === undefined
        ? name
        : h('button', { type: 'button', class: 'jump', title: 'Go to this moment', onclick: seek }, name),
      restored === true && h('span', { class: 'tag' }, 'restored'),
    ),
    h('td', { class: 'number' }, atMs === undefined ? 'not reached' : seconds(atMs)),
    h('td', { class: 'number quiet took' }, tookMs === undefined ? '' : `+${seconds(tookMs)}`),
    hasBudgets && h('td', { class: 'budget' }, ...budget(one)),
    hasTrends && h('td', { class: 'trend' }, trend ? sparkline(trend.tookMs) : ''),
    h('td', { class: 'proof' }, ...proof(console, evidence)),
  );
}

/** Of a machine with a time of its own, budgets are of that; else they do not count what a busy host held QEMU back. */
function budget(one: Milestone): HTMLElement[] {
  const { atMs, hostWaitMs = 0, virtualMs, budgetMs } = one;
  if (budgetMs === undefined) return [];
  const usedMs = countedMs(one) ?? 0;
  const late = isLate(one);
  const bar = h('span', { class: 'used' });
  bar.style.width = `${Math.min(100, (usedMs / budgetMs) * 100)}%`;
  const wait =
    virtualMs !== undefined
      ? ' of virtual time'
      : hostWaitMs > 50
        ? `, ${seconds(hostWaitMs)} of waiting for the host not counted`
        : '';
  const title = `${atMs === undefined ? 'not reached' : seconds(usedMs)} of ${seconds(budgetMs)}${wait}`;
  const text = atMs === undefined ? seconds(budgetMs) : `${seconds(usedMs)} of ${seconds(budgetMs)}`;
  return [
    h('span', { class: `gauge ${late ? 'late' : ''}`, title, role: 'img', 'aria-label': title }, bar),
    h('span', { class: late ? 'over' : 'quiet' }, text),
  ];
}

/** Where the times of the budgets differ from those beside them, the table says why. */
function hostWait({ milestones }: MachineView): HTMLElement | undefined {
  const last = milestones.findLast(({ atMs, budgetMs }) => atMs !== undefined && budgetMs !== undefined);
  const { atMs = 0, hostWaitMs = 0, virtualMs } = last ?? {};
  if (virtualMs !== undefined)
    return h('p', { class: 'quiet note' }, "The budgets are of virtual time, the guest's own.");
  if (hostWaitMs < atMs * NOTED_WAIT) return undefined;
  return h(
    'p',
    { class: 'quiet note' },
    `The busy host kept QEMU waiting for ${seconds(hostWaitMs)} of these ${seconds(atMs)}; budgets do not count that.`,
  );
}

function proof(console: string | undefined, evidence: string | undefined): (HTMLElement | string)[] {
  if (evidence === undefined) return [];
  return [h('code', {}, printableLine(evidence)), ' ', h('span', { class: 'quiet' }, console ?? '')];
}
