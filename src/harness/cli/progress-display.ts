/** Shows progress: one line that is rewritten on a terminal, now and then a line elsewhere (a CI log). */
import { printableLine } from '../../printable.ts';
import { megabytes } from '../image/megabytes.ts';
import type { Progress, ProgressStep } from '../image/progress.ts';

/** A terminal's line is rewritten at most this often. */
const REDRAW_MS = 100;
/** The same activity is mentioned again this often, so that nobody takes silence for a hang. */
const REPEAT_MS = { terminal: 1_000, log: 15_000 };

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressDisplay extends Progress, Disposable {}

/**
 * Progress of one thing, shown with its name in front. Disposing ends the line.
 * @param now ms of a clock that never goes back.
 */
export function progressDisplay(
  name: string,
  output: Output = process.stderr,
  { now = () => performance.now() }: { now?: () => number } = {},
): ProgressDisplay {
  const startedAt = now();
  let last: ProgressStep | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  let shownDoing = '';
  const isTerminal = output.isTTY === true;

  const repeatMs = isTerminal ? REPEAT_MS.terminal : REPEAT_MS.log;

  const show = () => {
    if (!last) return;
    shownAt = now();
    shownDoing = activity(last);
    const seconds = Math.round((shownAt - startedAt) / 1000);
    const text = `${name}: ${render(last)}${seconds > 0 ? ` (${seconds} s)` : ''}`;
    output.write(isTerminal ? `\r\x1b[2K${text.slice(0, (output.columns ?? 80) - 1)}` : `${text}\n`);
  };
  // Says that it goes on, when whoever works reports nothing for long.
  const repeat = setInterval(() => {
    if (now() - shownAt >= repeatMs) show();
  }, repeatMs);
  repeat.unref();

  return {
    report(step) {
      last = step;
      const dueMs = isTerminal ? REDRAW_MS : repeatMs;
      if (activity(step) !== shownDoing || now() - shownAt >= dueMs) show();
    },
    note(sentence) {
      output.write(`${isTerminal ? '\r\x1b[2K' : ''}${name}: ${printableLine(sentence)}\n`);
      if (isTerminal) show();
    },
    [Symbol.dispose]() {
      clearInterval(repeat);
      if (isTerminal && last) output.write('\r\x1b[2K');
      last = undefined;
    },
  };
}

/** What is being done, without its numbers: `retrieving file 3 of 9` is the same activity as file 4. */
function activity({ doing }: ProgressStep): string {
  return doing.replace(/\d+/g, '');
}

/** `downloading debian.qcow2, 41 % (120 MB of 292 MB)` */
function render({ doing, done, total, unit }: ProgressStep): string {
  const what = printableLine(doing);
  if (done === undefined) return what;
  if (total === undefined) return `${what}, ${amount(done, unit)}`;
  const percent = `${total > 0 ? Math.floor((100 * done) / total) : 100} %`;
  return unit === 'percent'
    ? `${what}, ${percent}`
    : `${what}, ${percent} (${amount(done, unit)} of ${amount(total, unit)})`;
}

function amount(count: number, unit: ProgressStep['unit']): string {
  return unit === 'bytes' ? megabytes(count) : `${count} ${unit ?? ''}`.trim();
}
