/** The work of `domes trends`. */
import { earlierRuns, type HistoryLine, historyKey } from '../report/history.ts';
import { seconds } from '../report/html/seconds.ts';
import { type Trend, trendsOf } from '../report/trend.ts';
import { alignedRows } from './rows.ts';

/** @returns whether nothing became slower. */
export function printTrends(
  words: readonly string[],
  { last, json }: { last: number; json: boolean },
): boolean {
  const trends = trendsOf(lastRuns(earlierRuns(process.cwd()).filter(fits(words)), last));
  if (json) process.stdout.write(`${JSON.stringify(trends, undefined, 2)}\n`);
  else process.stdout.write(trends.length > 0 ? rendered(trends) : nothing(words));
  return !trends.some(({ verdict }) => verdict === 'slower');
}

function fits(words: readonly string[]): (line: HistoryLine) => boolean {
  const wanted = words.map((word) => word.toLowerCase());
  return ({ file, test }) => wanted.every((word) => `${file} ${test}`.toLowerCase().includes(word));
}

/** The last so many of each scenario. */
function lastRuns(lines: readonly HistoryLine[], most: number): HistoryLine[] {
  const seen = new Map<string, number>();
  return lines
    .toReversed()
    .filter(({ file, test }) => {
      const key = historyKey(file, test);
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return (seen.get(key) ?? 0) <= most;
    })
    .reverse();
}

function nothing(words: readonly string[]): string {
  const what = words.length > 0 ? ` of a scenario with "${words.join(' ')}" in its name` : '';
  return `There is no history${what} yet: every run of a scenario adds to it (reports/history).\n`;
}

function rendered(trends: readonly Trend[]): string {
  const scenarios = new Map<string, Trend[]>();
  for (const trend of trends) {
    const name = `${trend.file} › ${trend.test}`;
    scenarios.set(name, [...(scenarios.get(name) ?? []), trend]);
  }
  return [...scenarios]
    .map(([name, own]) => {
      const runs = Math.max(...own.map(({ points }) => points.length));
      const heading = alignedRows([[`${name}  (${runs} ${runs === 1 ? 'run' : 'runs'})`]]);
      const several = new Set(own.map(({ machine }) => machine)).size > 1;
      const rows = own.map((trend) => ['', several ? trend.machine : '', ...row(trend)]);
      return `${heading}${alignedRows([['', '', 'MILESTONE', 'USUAL', 'SPREAD', 'LATEST', 'RUNS', ''], ...rows])}`;
    })
    .join('\n');
}

function row(trend: Trend): string[] {
  const { milestone, clock, usualMs, spreadMs, points } = trend;
  return [
    clock === 'wall' ? milestone : `${milestone} (${clock})`,
    seconds(usualMs),
    `±${seconds(spreadMs)}`,
    seconds(points.at(-1)?.tookMs ?? 0),
    plot(points.map(({ tookMs }) => tookMs)),
    verdictText(trend),
  ];
}

function verdictText({ verdict, since, usualMs }: Trend): string {
  if (verdict === 'steady') return '';
  if (!since) return verdict;
  const percent = Math.round((since.nowMs / Math.max(1, usualMs) - 1) * 100);
  const changed = since.changed.length > 0 ? `: ${since.changed.join(', ')}` : '';
  if (verdict === 'outlier')
    return `· ${percent} % slower in the latest run only; run it again to be sure${changed}`;
  const sign = verdict === 'slower' ? '✗' : '✓';
  return `${sign} ${Math.abs(percent)} % ${verdict} since ${since.at.slice(0, 16).replace('T', ' ')} (run ${since.run})${changed}`;
}

const BLOCKS = '▁▂▃▄▅▆▇█';
/** Columns of a plot: the last runs. */
const COLUMNS = 30;

/** Heights from the least to the greatest value; noise of less than a fifth does not fill the whole height. */
function plot(values: readonly number[]): string {
  const shown = values.slice(-COLUMNS);
  const low = Math.min(...shown);
  const range = Math.max(Math.max(...shown) - low, low * 0.2, 1);
  return shown.map((value) => BLOCKS[Math.min(7, Math.floor(((value - low) / range) * 8))]).join('');
}
