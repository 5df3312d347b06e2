import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { RecordedRun } from '../report/fixtures/recorded-run.ts';
import { RUN_ID, sampleTest } from '../report/fixtures/sample-run.ts';
import type { RunRecord } from '../report/run.ts';
import { rewriteReport } from './rewrite-report.ts';

function keep({ root }: RecordedRun, run: RunRecord): void {
  mkdirSync(join(root, run.folder), { recursive: true });
  writeFileSync(join(root, run.folder, 'run.json'), JSON.stringify(run));
}

/** Runs the command in the folder of the runs. */
async function report({ root }: RecordedRun, id?: string): Promise<string> {
  let out = '';
  vi.spyOn(process, 'cwd').mockReturnValue(root);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  onTestFinished(() => void vi.restoreAllMocks());
  await rewriteReport(id, {});
  return out;
}

const UNIT = { id: '2025-12-01T00-00-00Z-0000', folder: 'reports/runs/2025-12-01T00-00-00Z-0000' };

test('the latest run that booted something, or the one that is named', async () => {
  using recorded = new RecordedRun();
  keep(recorded, recorded.run([recorded.test([{ name: 'com1', output: [[1, 'x']] }])]));
  keep(recorded, recorded.run([sampleTest({ scenario: undefined as never })], UNIT));
  expect(await report(recorded)).toBe(`reports/index.html  (run ${RUN_ID})\n`);
  expect(await report(recorded, '0000')).toContain(UNIT.id);
  expect(readFileSync(join(recorded.root, 'reports/index.html'), 'utf8')).toContain(UNIT.id);
});

test('a run that is not there, was never ended or is damaged', async () => {
  using recorded = new RecordedRun();
  await expect(report(recorded)).rejects.toThrow('no run in reports/runs has booted anything');
  keep(recorded, recorded.run([sampleTest()]));
  await expect(report(recorded, 'nowhere')).rejects.toThrow(
    `there is no run "nowhere" in reports/runs (there is: ${RUN_ID})`,
  );
  writeFileSync(join(recorded.root, 'reports/runs', RUN_ID, 'run.json'), '{"schema":1}');
  await expect(report(recorded, RUN_ID)).rejects.toThrow(/run\.json does not fit its schema:\n/);
  writeFileSync(join(recorded.root, 'reports/runs', RUN_ID, 'run.json'), '{"sch');
  await expect(report(recorded, RUN_ID)).rejects.toThrow(ScenarioError);
});
