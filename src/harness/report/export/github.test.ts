import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  GUEST_TROUBLE,
  sampleFailure,
  sampleMachine,
  sampleRun,
  sampleScenario,
  sampleTest,
} from '../fixtures/sample-run.ts';
import type { FindingRecord } from '../record.ts';
import { annotations, stepSummary, tellGithub } from './github.ts';

const HOSTILE = '\n::warning::x</pre><img src=x>|`~~~`[a](b) ![c](d) %0A,:@user #1\u202e\x1b[31m';

const FINDING: FindingRecord = {
  class: 'guest-kernel/no-root-device',
  stage: 'guest-kernel',
  severity: 'fatal',
  cause: 'the guest kernel found no root disk',
  remedy: 'give it one with disk=[…]',
  evidence: { console: 'com1', line: 3, atMs: 9_214, text: `Kernel panic${HOSTILE}` },
  expected: false,
};

test('a summary: what was reached, and the whole message of what failed', () => {
  const summary = stepSummary(sampleRun([sampleTest(), sampleFailure({ name: 'fails' })]));
  expect(summary).toContain('domes: 1 of 2 scenarios passed');
  expect(summary).toMatch(/✅ \| boots a guest \| firmware 410 ms · bootloader 1\.3 s/);
  expect(summary).toMatch(
    /❌ \| fails<br><code>guest&#45;kernel\/no&#45;root&#45;device<\/code>.*guest shell ✗/,
  );
  expect(stepSummary(sampleRun([]))).toBe('');
});

test('nothing of a guest becomes Markdown, HTML, or a row of its own', () => {
  const trouble = { ...GUEST_TROUBLE, text: HOSTILE, type: HOSTILE };
  const summary = stepSummary(sampleRun([sampleFailure({ name: HOSTILE, troubles: [trouble] })]));
  expect(summary).not.toMatch(/<img|\[a\]|~~~|@user|\x1b|\u202e|^::/m);
  const rows = summary.split('\n').filter((line) => line.startsWith('| ❌'));
  expect(rows).toHaveLength(1);
  expect(rows[0]?.match(/(?<!\\)\|/g)).toHaveLength(5);
});

test('an annotation at the line of the scenario, with cause, evidence and remedy; one command a line', () => {
  const scenario = sampleScenario(sampleMachine({ findings: [FINDING] }));
  const [line, ...others] = annotations(
    sampleRun([sampleTest(), sampleFailure({ name: 'a: b, c', scenario })]),
  );
  expect(others).toEqual([]);
  expect(line).toMatch(
    /^::error file=scenarios\/xen-pv\.test\.ts,line=31,title=guest-kernel\/no-root-device%3A a%3A b%2C c::the guest kernel found no root disk%0AKernel panic%0A/,
  );
  expect(line).not.toMatch(/[\n\r\x1b\u202e]/);
  expect(line?.endsWith('%0Agive it one with disk=[…]')).toBe(true);
});

test('what is known says where it is tracked, and is no error while it is snoozed; what is flaky says so', () => {
  const tracker = 'https://example.org/issues/7';
  const known = sampleFailure({ known: { tracker, snoozeUntil: '2026-12-31', isSnoozed: true } });
  const run = sampleRun([known, sampleTest({ name: 'second try', retries: 1 })]);
  expect(annotations(run)[0]).toMatch(/^::warning .*%0Aknown: https:.*, snoozed until 2026-12-31$/);
  const summary = stepSummary(run);
  expect(summary).toMatch(/known: <a href="https&#58;\/\/example\.org\/issues\/7">.*, snoozed until/);
  expect(summary).toContain('second try<br>flaky, retried ×1');
  expect(summary).toContain('<p>Again: <code>npx vitest run scenarios/xen&#45;pv.test.ts');
});

test('it is told only to GitHub', () => {
  const folder = mkdtempSync(join(tmpdir(), 'domes-github-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  onTestFinished(() => void vi.restoreAllMocks());
  const file = join(folder, 'summary.md');
  tellGithub(sampleRun([sampleFailure()]), { GITHUB_STEP_SUMMARY: file });
  expect(written).toEqual([]);
  tellGithub(sampleRun([sampleFailure()]), { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file });
  expect(readFileSync(file, 'utf8')).toContain('### domes: 0 of 1');
  expect(written.join('')).toMatch(/^::error file=/);
});
