import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HOST_TROUBLE, RUN_ID, sampleFailure, sampleRun, sampleTest } from './fixtures/sample-run.ts';
import {
  appendHistory,
  earlierRuns,
  historyFile,
  historyKey,
  readHistory,
  recentFile,
  trim,
} from './history.ts';
import type { RunRecord } from './run.ts';

function projectFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'domes-history-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}

function nightly(tests: RunRecord['tests'], change: Partial<RunRecord> = {}): RunRecord {
  return sampleRun(tests, { nightly: true, ...change });
}

test('one line per scenario: its milestones and what explains a slow night, none of its logs', () => {
  const root = projectFolder();
  const { scenario: _, ...unit } = sampleTest({ name: 'unit' });
  appendHistory(root, nightly([sampleTest(), sampleFailure({ name: 'fails' }), unit]));
  const [line, failed, ...others] = readHistory(historyFile(root));
  expect(others).toEqual([]);
  expect(line).toMatchObject({
    run: RUN_ID,
    file: 'scenarios/xen-pv.test.ts',
    test: 'boots a guest',
    state: 'passed',
  });
  expect(line?.machines[0]?.milestones.at(-1)).toEqual({
    name: 'guest shell',
    stage: 'guest-userspace',
    atMs: 10_900,
    tookMs: 5_300,
  });
  expect(line?.host.loadAfter).toBe(1.2);
  expect(failed).toMatchObject({ state: 'failed', class: 'guest-kernel/no-root-device' });
  expect(readFileSync(historyFile(root), 'utf8')).not.toMatch(/com1|argv|evidence/);
});

test('later runs are appended; a merge does not repeat what its parts have written', () => {
  const root = projectFolder();
  appendHistory(root, nightly([sampleTest()]));
  appendHistory(root, nightly([sampleTest()], { merged: true, id: 'another' }));
  expect(readHistory(historyFile(root))).toHaveLength(1);
  appendHistory(root, nightly([sampleTest({ state: 'errored', troubles: [HOST_TROUBLE] })]));
  expect(readHistory(historyFile(root)).map(({ state }) => state)).toEqual(['passed', 'errored']);
});

test('a line that was cut off is lost, and no other', () => {
  const root = projectFolder();
  const path = historyFile(root);
  appendHistory(root, nightly([sampleTest({ name: 'first' }), sampleTest({ name: 'cut' })]));
  truncateSync(path, statSync(path).size - 20);
  appendHistory(root, nightly([sampleTest({ name: 'after' })]));
  appendFileSync(path, '{"schema":2}\nnot JSON\n');
  expect(readHistory(path).map((line) => line.test)).toEqual(['first', 'after']);
});

test('no history is an empty one', () => {
  expect(readHistory(join(projectFolder(), 'nowhere'))).toEqual([]);
});

test('ordinary runs have a history of their own, and both are read in the order of time', () => {
  const root = projectFolder();
  const at = (startedAt: string, name = 'boots a guest') => sampleTest({ startedAt, name });
  appendHistory(root, sampleRun([at('2025-11-22T12:00:00Z'), at('2025-11-22T12:00:01Z', 'other')]));
  appendHistory(root, nightly([at('2025-11-22T03:00:00Z')]));
  expect(readHistory(historyFile(root))).toHaveLength(1);
  expect(earlierRuns(root).map((line) => line.at.slice(11, 13))).toEqual(['03', '12', '12']);
  const wanted = new Set([historyKey('scenarios/xen-pv.test.ts', 'other')]);
  expect(earlierRuns(root, wanted).map((line) => line.test)).toEqual(['other']);
});

test('the history of ordinary runs is bounded: the newest of each scenario stay', () => {
  const root = projectFolder();
  const path = recentFile(root);
  for (let run = 0; run < 12; run++) {
    const startedAt = new Date(Date.UTC(2025, 0, 1 + run)).toISOString();
    const tests = run === 0 ? [sampleTest({ startedAt, name: 'rare' })] : [sampleTest({ startedAt })];
    appendHistory(root, sampleRun(tests, { id: `run-${run}` }));
  }
  const bytes = statSync(path).size;
  trim(path, { mostBytes: bytes, keptRuns: 3, keptBytes: bytes });
  expect(readHistory(path)).toHaveLength(12);

  trim(path, { mostBytes: bytes - 1, keptRuns: 3, keptBytes: bytes });
  const kept = readHistory(path).map((line) => `${line.test} ${line.at.slice(8, 10)}`);
  expect(kept).toEqual(['rare 01', 'boots a guest 10', 'boots a guest 11', 'boots a guest 12']);

  trim(path, { mostBytes: 0, keptRuns: 3, keptBytes: statSync(path).size * 0.8 });
  expect(readHistory(path).map((line) => line.at.slice(8, 10))).toEqual(['10', '11', '12']);
});
