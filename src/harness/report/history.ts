/**
 * Milestone timings from run to run: `reports/history/milestones.jsonl`, one line per scenario and run. Lines
 * are only ever appended, so a cut write loses its own line and no other.
 */
import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { MachineRecord } from './record.ts';
import type { RunRecord, TestRecord } from './run.ts';
import { REPORTS } from './run-folder.ts';

export const HistoryLine = z.object({
  schema: z.literal(1),
  /** The run that measured it. */
  run: z.string(),
  /** When the test started, ISO 8601. */
  at: z.string(),
  file: z.string(),
  test: z.string(),
  state: z.enum(['passed', 'failed', 'errored']),
  /** Failure class, when it did not pass. */
  class: z.string().optional(),
  host: z.object({ cpus: z.number(), loadBefore: z.number(), loadAfter: z.number() }),
  versions: z.object({ domes: z.string(), node: z.string() }),
  machines: z.array(
    MachineRecord.pick({
      name: true,
      image: true,
      accelerator: true,
      qemuVersion: true,
      qemuCpuMs: true,
    }).extend({
      milestones: z.array(
        z.object({
          name: z.string(),
          stage: z.string(),
          atMs: z.number().optional(),
          budgetMs: z.number().optional(),
        }),
      ),
    }),
  ),
});
export type HistoryLine = z.infer<typeof HistoryLine>;

export function historyFile(root: string): string {
  return join(root, REPORTS, 'history', 'milestones.jsonl');
}

/**
 * Appends the scenarios of a run. What is there already is not appended again, so a merge of shards that kept
 * their own history adds nothing twice. @throws the file system's own error.
 */
export function appendHistory(root: string, run: RunRecord): void {
  const path = historyFile(root);
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
}

/** All lines that can be read, oldest first; a damaged one is left out. An absent file is an empty history. */
export function readHistory(path: string): HistoryLine[] {
  return textOf(path)
    .split('\n')
    .flatMap((line) => {
      const parsed = HistoryLine.safeParse(jsonOf(line));
      return parsed.success ? [parsed.data] : [];
    });
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

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
