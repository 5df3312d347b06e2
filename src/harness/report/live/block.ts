/** The live block as rows: one part for each machine, below them how far the run is. Pure: data in, rows out. */
import type { Style } from '../terminal-row.ts';
import { type Cell, type Terminal, terminalRow } from '../terminal-row.ts';
import { type Expected, forecast } from './forecast.ts';
import { clockOf, layerOf, type Standing } from './standing.ts';
import type { Tally } from './tally.ts';

export interface Shown {
  readonly machines: readonly { readonly standing: Standing; readonly expected: Expected | undefined }[];
  readonly tally: Tally;
  /** ms since the epoch. */
  readonly now: number;
}

export interface Window extends Terminal {
  readonly rows: number;
}

/** Below this a machine's bar has a row of its own. */
const WIDE = 70;
const BAR = { least: 8, most: 32 };
/** Lines of the screen that are left to what scrolls by. */
const LEFT_ROWS = 4;

/** The rows of the block, the first one empty; as many as fit. */
export function blockRows({ machines, tally, now }: Shown, window: Window): string[] {
  const parts = machines.map((machine) => machineCells(machine, now, window.columns));
  const room = Math.max(0, window.rows - LEFT_ROWS - 2);
  let rows = 0;
  const shown = parts.filter((part) => {
    rows += part.length;
    return rows <= room;
  });
  const hidden = parts.length - shown.length;
  const cells: Cell[][] = [
    [''],
    ...shown.flat(),
    ...(hidden > 0 ? [[[` … and ${hidden} more`, 'dim'] as const]] : []),
    tallyCells(machines.length > 0 ? { ...tally, running: undefined } : tally, now),
  ];
  return cells.map((row) => terminalRow(row, window));
}

function machineCells(
  { standing, expected }: Shown['machines'][number],
  now: number,
  columns: number,
): Cell[][] {
  const { name, test, restored, line, paused } = standing;
  const elapsed = clockOf(standing, now);
  const clock = standing.clock ? seconds(elapsed) : seconds(now - standing.launchedAt);
  const from = restored ? (standing.clock === undefined ? '' : ` · from ${restored.name}`) : '';
  const bar = barCells(standing, expected, { now, columns });
  const isWide = columns >= WIDE;
  const layer: Cell =
    paused === undefined ? [padded(layerOf(standing), isWide), layerStyle(standing)] : ['paused', 'yellow'];
  // Padded, so that the bar stays where it is.
  const head: Cell[] = [
    paused === undefined ? [' ▸ ', 'cyan'] : [' ‖ ', 'yellow'],
    ...[[name, 'bold'] as const, '  ', layer, ' ', isWide ? clock.padStart(6) : clock],
  ];
  const heads: Cell[][] = isWide
    ? [[...head, '  ', ...bar, [from, 'dim']]]
    : [
        [...head, [from, 'dim']],
        ['   ', ...bar],
      ];
  const way: Cell[] = ['   ', [test, 'dim']];
  const last: Cell[][] = line ? [['   ', ['│ ', 'dim'], [line.text, 'dim']]] : [];
  if (paused === undefined) return [...heads, ...(isWide ? [way] : []), ...last];
  return [
    ...heads,
    ['   ', [paused, 'yellow']],
    ['   ', 'get in: ', [`npx domes attach ${name}`, 'bold']],
    ['   ', 'go on:  ', [`npx domes resume ${name}`, 'bold']],
    ...last,
  ];
}

/** The bar and what is left; without earlier runs to learn from there is nothing to say. */
function barCells(
  standing: Standing,
  expected: Expected | undefined,
  at: { now: number; columns: number },
): Cell[] {
  if (standing.paused !== undefined || !standing.clock) return [];
  if (!expected) return [['first run: no time known', 'dim']];
  const clockMs = clockOf(standing, at.now);
  const { done, leftMs } = forecast(expected, standing.milestones, { clockMs, fromMs: standing.clock.ms });
  const width = Math.min(BAR.most, Math.max(BAR.least, at.columns - (at.columns < WIDE ? 20 : 66)));
  const full = Math.round(done * width);
  const left = leftMs < 500 ? 'about done' : `~${seconds(leftMs)} left`;
  return [
    ['━'.repeat(full), 'green'],
    ['─'.repeat(width - full), 'dim'],
    ` ${String(Math.round(done * 100)).padStart(2)}%`,
    [` ${left}`, 'dim'],
  ];
}

/** The longest names of layers have 16 characters. */
function padded(layer: string, isWide: boolean): string {
  return isWide ? layer.padEnd(16) : layer;
}

function layerStyle({ milestones }: Standing): Style {
  return milestones.length === 0 ? 'dim' : 'cyan';
}

function tallyCells({ files, tests, startedAt, running }: Tally, now: number): Cell[] {
  const failed: Cell[] = tests.failed > 0 ? [', ', [`${tests.failed} failed`, 'red']] : [];
  return [
    ' ',
    ['Files', 'dim'],
    ` ${files.done}/${files.total}`,
    ['  Tests', 'dim'],
    ` ${tests.passed} passed`,
    ...failed,
    ['  Time', 'dim'],
    ` ${seconds(now - startedAt)}`,
    ...(running === undefined ? [] : ([['  ', [running, 'dim'] as const]].flat() as Cell[])),
  ];
}

/** `8 s`, `3:05`: whole, as it changes every second. */
export function seconds(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000));
  if (whole < 100) return `${whole} s`;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
