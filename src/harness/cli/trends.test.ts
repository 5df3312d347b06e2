import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { sampleMachine, sampleRun, sampleScenario, sampleTest } from '../report/fixtures/sample-run.ts';
import { appendHistory } from '../report/history.ts';
import { printTrends } from './print-trends.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'domes-trends-'));
  vi.spyOn(process, 'cwd').mockReturnValue(root);
  onTestFinished(() => {
    vi.restoreAllMocks();
    rmSync(root, { recursive: true });
  });
});

/** Runs whose hypervisor took so long. */
function remember(...hypervisorMs: number[]): void {
  for (const [index, tookMs] of hypervisorMs.entries()) {
    const milestones = [
      { name: 'bootloader', stage: 'bootloader', atMs: 1_000, tookMs: 1_000 },
      { name: 'hypervisor', stage: 'hypervisor', atMs: 1_000 + tookMs, tookMs },
    ] as const;
    const machine = sampleMachine({ milestones: [...milestones] });
    const scenario = { ...sampleScenario(machine), folder: `reports/runs/run-${index}/x` };
    const startedAt = `2025-11-${String(index + 1).padStart(2, '0')}T00:00:00.000Z`;
    appendHistory(root, sampleRun([sampleTest({ scenario, startedAt })]));
  }
}

function printed(
  words: string[],
  options: { last?: number; json?: boolean } = {},
): { fine: boolean; out: string } {
  let out = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const fine = printTrends(words, { last: 60, json: false, ...options });
  spy.mockRestore();
  return { fine, out };
}

test('a regression is pointed at, with its run; what is steady is only plotted', () => {
  remember(2_000, 2_010, 1_990, 2_000, 2_020, 1_980, 3_000, 3_010);
  const { fine, out } = printed(['xen-pv', 'guest']);
  expect(fine).toBe(false);
  expect(out).toMatchInlineSnapshot(`
    "scenarios/xen-pv.test.ts › boots a guest  (8 runs)
        MILESTONE   USUAL  SPREAD  LATEST  RUNS
        bootloader  1.0 s  ±0 ms   1.0 s   ▁▁▁▁▁▁▁▁
        hypervisor  2.0 s  ±15 ms  3.0 s   ▁▁▁▁▁▁██  ✗ 50 % slower since 2025-11-07 00:00 (run run-6)
    "
  `);
});

test('as JSON, and of the last runs only', () => {
  remember(2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 3_000);
  const { fine, out } = printed([], { json: true, last: 3 });
  expect(fine).toBe(true);
  expect(JSON.parse(out)[1]).toMatchObject({
    milestone: 'hypervisor',
    verdict: 'too few runs',
    points: [{ tookMs: 2_000 }, { tookMs: 2_000 }, { tookMs: 3_000, run: 'run-6' }],
  });
});

test('without a history it says where one comes from', () => {
  expect(printed(['nothing'])).toEqual({
    fine: true,
    out: 'There is no history of a scenario with "nothing" in its name yet: every run of a scenario adds to it (reports/history).\n',
  });
});
