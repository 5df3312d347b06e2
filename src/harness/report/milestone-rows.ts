/** The milestones of one machine as rows: name, when, how long, budget, and a bar to scale. */
import { printableLine } from '../../printable.ts';
import type { Stage } from '../stage.ts';
import { isLate } from './budget-use.ts';
import type { MilestoneRecord } from './record.ts';
import type { Cell, Style } from './terminal-row.ts';

/** Widest bar, and the narrowest that still says something. */
const BAR = { most: 40, least: 8 };

/** Columns of a row without its name and its bar: indentation, time, duration, budget. */
const FIXED_COLUMNS = 5 + 9 + 10 + 14;

/** Layers take turns in colour, so that neighbours differ. */
const STAGE_STYLE: Record<Stage, Style> = {
  firmware: 'blue',
  bootloader: 'magenta',
  hypervisor: 'cyan',
  kernel: 'green',
  initramfs: 'yellow',
  userspace: 'blue',
  'package-manager': 'magenta',
  toolstack: 'cyan',
  'guest-bootloader': 'magenta',
  'guest-kernel': 'green',
  'guest-userspace': 'yellow',
  emulator: 'red',
};

/** One row for each milestone; below a certain width the rows have no bar. */
export function milestoneRows(milestones: readonly MilestoneRecord[], columns: number): Cell[][] {
  const names = milestones.map(({ name }) => printableLine(name));
  const nameWidth = Math.min(Math.max(0, ...names.map(({ length }) => length)), 24, Math.floor(columns / 3));
  const room = Math.min(BAR.most, columns - nameWidth - FIXED_COLUMNS);
  const scale = {
    width: room < BAR.least ? 0 : room,
    endMs: Math.max(1, ...milestones.map(({ atMs = 0 }) => atMs)),
  };
  let beforeMs = 0;
  return milestones.map((milestone, index) => {
    const label = padOrCut(names[index] ?? '', nameWidth);
    const { atMs, budgetMs, stage, restored = false } = milestone;
    if (atMs === undefined)
      return ['     ', label, ['   ✗ not reached', 'red'], [budgetText(budgetMs), 'dim']];
    const tookMs = milestone.tookMs ?? atMs - beforeMs;
    beforeMs = atMs;
    const late = isLate(milestone);
    return [
      '     ',
      label,
      [timeText(atMs).padStart(9), late ? 'red' : restored ? 'dim' : 'bold'],
      // This run has not waited for it.
      [(restored ? 'restored' : `+${timeText(tookMs)}`).padStart(10), 'dim'],
      [budgetText(budgetMs, late).padEnd(14), late ? 'red' : 'dim'],
      [
        bar((atMs - tookMs) / scale.endMs, atMs / scale.endMs, scale.width),
        restored ? 'dim' : STAGE_STYLE[stage],
      ],
    ];
  });
}

/** `410 ms`, `3.1 s`. */
export function timeText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function budgetText(budgetMs: number | undefined, late = false): string {
  return budgetMs === undefined ? '' : ` ${late ? 'over' : 'of'} ${timeText(budgetMs)}`;
}

function padOrCut(name: string, width: number): string {
  return name.length > width ? `${name.slice(0, Math.max(0, width - 1))}…` : name.padEnd(width);
}

/** `from` and `to` are parts of the whole, 0 to 1; what was reached fills one cell at least. */
function bar(from: number, to: number, width: number): string {
  if (width === 0) return '';
  const start = Math.min(Math.max(0, Math.floor(from * width)), width - 1);
  return ' '.repeat(start) + '█'.repeat(Math.max(1, Math.round(to * width) - start));
}
