import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HOST_TROUBLE, RUN_ID, sampleFailure, sampleRun, sampleTest } from './fixtures/sample-run.ts';
import { appendHistory, historyFile, readHistory } from './history.ts';

function projectFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'domes-history-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}

test('one line per scenario: its milestones and what explains a slow night, none of its logs', () => {
  const root = projectFolder();
  const { scenario: _, ...unit } = sampleTest({ name: 'unit' });
  appendHistory(root, sampleRun([sampleTest(), sampleFailure({ name: 'fails' }), unit]));
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
  });
  expect(line?.host.loadAfter).toBe(1.2);
  expect(failed).toMatchObject({ state: 'failed', class: 'guest-kernel/no-root-device' });
  expect(readFileSync(historyFile(root), 'utf8')).not.toMatch(/com1|argv|evidence/);
});

test('later runs are appended; a merge does not repeat what its parts have written', () => {
  const root = projectFolder();
  appendHistory(root, sampleRun([sampleTest()]));
  appendHistory(root, sampleRun([sampleTest()], { merged: true, id: 'another' }));
  expect(readHistory(historyFile(root))).toHaveLength(1);
  appendHistory(root, sampleRun([sampleTest({ state: 'errored', troubles: [HOST_TROUBLE] })]));
  expect(readHistory(historyFile(root)).map(({ state }) => state)).toEqual(['passed', 'errored']);
});

test('a line that was cut off is lost, and no other', () => {
  const root = projectFolder();
  const path = historyFile(root);
  appendHistory(root, sampleRun([sampleTest({ name: 'first' }), sampleTest({ name: 'cut' })]));
  truncateSync(path, statSync(path).size - 20);
  appendHistory(root, sampleRun([sampleTest({ name: 'after' })]));
  appendFileSync(path, '{"schema":2}\nnot JSON\n');
  expect(readHistory(path).map((line) => line.test)).toEqual(['first', 'after']);
});

test('no history is an empty one', () => {
  expect(readHistory(join(projectFolder(), 'nowhere'))).toEqual([]);
});
