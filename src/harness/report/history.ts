/**
 * Milestone timings from run to run, one line per scenario and run. Nightly runs keep them for ever, in
 * `reports/history/milestones.jsonl`; all others in `recent.jsonl` beside it, whose oldest lines go. Lines are
 * appended, so a cut write loses its own line and no other.
 */
import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { MachineRecord } from './record.ts';
import type { RunRecord, TestRecord } from './run.ts';
import { REPORTS } from './run-folder.ts';
import { writeWholeFile } from './whole-file.ts';

/** A trend looks at the end of a history that nightly runs have kept for years. */
const READ_BYTES = 8 << 20;

/** When `recent.jsonl` grows beyond this, all but the last runs of each scenario go. A line has about 1 KB. */
const RECENT = { mostBytes: 4 << 20, keptRuns: 60, keptBytes: 3 << 20 };

export const HistoryLine = z.object({
  schema: z.literal(1),
  /** The run that measured it. */
  run: z.string(),
  /** When the test started, ISO 8601. */
  at: z.string(),
  file: z.string(),
  test: z.string(),
  state: z.enum(['passed', 'failed', 'errored']),
  /** Of the test, ms. */
  tookMs: z.number().optional(),
  /** Failure class, when it did not pass. */
  class: z.string().optional(),
  host: z.object({ cpus: z.number(), loadBefore: z.number(), loadAfter: z.number() }),
  versions: z.object({ domes: z.string(), node: z.string() }),
  machines: z.array(
    MachineRecord.pick({
      name: true,
      image: true,
      host: true,
      accelerator: true,
      determinism: true,
      qemuVersion: true,
      qemuCpuMs: true,
      ranMs: true,
    }).extend({
      milestones: z.array(
        z.object({
          name: z.string(),
          stage: z.string(),
          atMs: z.number().optional(),
          tookMs: z.number().optional(),
          hostWaitMs: z.number().optional(),
          /** In QEMU's own time, where that was kept. */
          virtualMs: z.number().optional(),
          budgetMs: z.number().optional(),
          restored: z.literal(true).optional(),
        }),
      ),
    }),
  ),
});
export type HistoryLine = z.infer<typeof HistoryLine>;

/** Of nightly runs. */
export function historyFile(root: string): string {
  return join(root, REPORTS, 'history', 'milestones.jsonl');
}

/** Of all other runs. */
export function recentFile(root: string): string {
  return join(root, REPORTS, 'history', 'recent.jsonl');
}

/**
 * Appends the scenarios of a run. What is there already is not appended again, so a merge of shards that kept
 * their own history adds nothing twice. @throws the file system's own error.
 */
export function appendHistory(root: string, run: RunRecord): void {
  const path = run.nightly ? historyFile(root) : recentFile(root);
  const there = new Set(run.merged ? readHistory(path).map(keyOf) : []);
  const lines = run.tests.flatMap((test) => lineOf(test, run)).filter((line) => !there.has(keyOf(line)));
  if (lines.length === 0) return;
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a+');
  try {
    // A line that was cut off by a power cut must not swallow the first of ours.
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    appendFileSync(file, endsMidLine(file) ? `\n${text}` : text);
  } finally {
    closeSync(file);
  }
  if (!run.nightly) trim(path, RECENT);
}

/**
 * The earlier runs of some scenarios, of both files, oldest first.
 * @param wanted what historyKey() says of them; all when there is none.
 */
export function earlierRuns(root: string, wanted?: ReadonlySet<string>): HistoryLine[] {
  return [historyFile(root), recentFile(root)]
    .flatMap((path) => readHistory(path, wanted))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Which scenario a line is of. */
export function historyKey(file: string, test: string): string {
  return JSON.stringify([file, test]);
}

/**
 * Drops the oldest lines once there are too many. Two runs that end at the same moment may lose one line of the other
 * here: it is a history of ordinary runs, and not worth a lock.
 */
export function trim(path: string, limits: typeof RECENT): void {
  if (statSync(path).size <= limits.mostBytes) return;
  const seen = new Map<string, number>();
  let bytes = 0;
  const kept: string[] = [];
  for (const line of readHistory(path).reverse()) {
    const key = historyKey(line.file, line.test);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    const text = `${JSON.stringify(line)}\n`;
    if (count > limits.keptRuns) continue;
    bytes += Buffer.byteLength(text);
    if (bytes > limits.keptBytes) break;
    kept.push(text);
  }
  writeWholeFile(path, kept.reverse().join(''));
}

/** All lines that can be read, oldest first; a damaged one is left out. An absent file is an empty history. */
export function readHistory(path: string, wanted?: ReadonlySet<string>): HistoryLine[] {
  return textOf(path)
    .split('\n')
    .flatMap((line) => {
      const value = jsonOf(line);
      if (wanted && !isWanted(value, wanted)) return [];
      const parsed = HistoryLine.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    });
}

/** Looked at before the whole is checked against its schema, which costs far more. */
function isWanted(value: unknown, wanted: ReadonlySet<string>): boolean {
  const { file, test } = (typeof value === 'object' && value !== null ? value : {}) as Partial<HistoryLine>;
  return wanted.has(historyKey(String(file), String(test)));
}

function lineOf(test: TestRecord, run: RunRecord): HistoryLine[] {
  const { scenario, state } = test;
  if (!scenario || scenario.machines.length === 0 || state === 'skipped') return [];
  const [trouble] = state === 'passed' ? [] : test.troubles;
  const line: HistoryLine = {
    schema: 1,
    run: scenario.folder.match(/(?:^|\/)runs\/([^/]+)/)?.[1] ?? run.id,
    at: test.startedAt ?? run.startedAt,
    file: test.file,
    test: test.name,
    state,
    tookMs: test.tookMs,
    ...(trouble && { class: trouble.type }),
    host: scenario.host,
    versions: run.versions,
    machines: scenario.machines,
  };
  // Parsing drops what the history does not keep: logs, evidence, command lines.
  return [HistoryLine.parse(line)];
}

function keyOf({ run, file, test }: HistoryLine): string {
  return JSON.stringify([run, file, test]);
}

function endsMidLine(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}

/** The end of the file; the line that it begins in is lost, as a damaged one. */
function textOf(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  try {
    const from = Math.max(0, fstatSync(file).size - READ_BYTES);
    const bytes = Buffer.alloc(fstatSync(file).size - from);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, from + length);
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
