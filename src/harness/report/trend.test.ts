import { expect, test } from 'vitest';
import type { HistoryLine } from './history.ts';
import { median, spread } from './median.ts';
import { trendsOf } from './trend.ts';

/** Runs in which the kernel took so long, after a hypervisor that took 2 s. */
function history(
  kernelMs: readonly number[],
  change: (index: number) => Partial<HistoryLine> = () => ({}),
): HistoryLine[] {
  return kernelMs.map((tookMs, index) => ({
    schema: 1,
    run: `run-${index}`,
    at: `2025-11-${String(index + 1).padStart(2, '0')}T00:00:00Z`,
    file: 'scenarios/xen-pv.test.ts',
    test: 'boots',
    state: 'passed',
    host: { cpus: 2, loadBefore: 0, loadAfter: 1 },
    versions: { domes: '0.1.0', node: 'v20.20.2' },
    machines: [machine(tookMs)],
    ...change(index),
  }));
}

function machine(kernelMs: number, digest = 'a'.repeat(64)): HistoryLine['machines'][number] {
  return {
    name: 'dom0',
    image: { name: 'slim-dom0', digest },
    accelerator: 'tcg',
    qemuVersion: '7.2.22 (Debian)',
    milestones: [
      { name: 'hypervisor', stage: 'hypervisor', atMs: 2_000, hostWaitMs: 0 },
      { name: 'kernel', stage: 'kernel', atMs: 2_000 + kernelMs, hostWaitMs: 0 },
    ],
  };
}

const STEADY = [3_000, 3_040, 2_980, 3_010, 2_990, 3_100, 3_020, 2_970];

function kernel(lines: readonly HistoryLine[]) {
  return trendsOf(lines).find(({ milestone }) => milestone === 'kernel');
}

test('statistics that an outlier does not move', () => {
  expect([median([]), median([3]), median([9, 1]), median([1, 900, 2])]).toEqual([undefined, 3, 5, 2]);
  expect(spread([10, 10, 10, 5_000])).toBe(0);
  expect(spread([8, 10, 12])).toBeCloseTo(2 * 1.4826);
});

test('noise is steady, a single slow run in the past too', () => {
  expect(kernel(history(STEADY))).toMatchObject({ verdict: 'steady', usualMs: 3_005 });
  expect(kernel(history([...STEADY, 9_000, ...STEADY]))).toMatchObject({ verdict: 'steady' });
});

test('a regression: which milestone, since which run, by how much, and what was new in it', () => {
  const slow = 'b'.repeat(64);
  const lines = history([...STEADY, 4_500, 4_450, 4_520], (index) =>
    index < STEADY.length
      ? {}
      : { machines: [machine([4_500, 4_450, 4_520][index - STEADY.length] ?? 0, slow)] },
  );
  expect(kernel(lines)).toMatchObject({
    verdict: 'slower',
    usualMs: 3_005,
    since: { run: 'run-8', nowMs: 4_500, changed: ['image slim-dom0 aaaaaaaaaa → bbbbbbbbbb'] },
  });
  // Its step is slower, not those around it.
  expect(trendsOf(lines).find(({ milestone }) => milestone === 'hypervisor')?.verdict).toBe('steady');
});

test('one slow run at the end may be noise; a faster one is no trouble; few runs say nothing', () => {
  expect(kernel(history([...STEADY, 6_000]))?.verdict).toBe('outlier');
  expect(kernel(history([...STEADY, 1_500, 1_480, 1_510]))?.verdict).toBe('faster');
  expect(kernel(history([3_000, 9_000, 3_000]))?.verdict).toBe('too few runs');
});

test('what a busy host held QEMU back is not counted; restored milestones and other hosts are not compared', () => {
  const busy = history([...STEADY, 8_000, 8_100], (index) => {
    if (index < STEADY.length) return {};
    const own = machine(8_000);
    const milestones = own.milestones.map((one) =>
      one.name === 'kernel' ? { ...one, hostWaitMs: 5_000 } : one,
    );
    return { machines: [{ ...own, milestones }] };
  });
  expect(kernel(busy)).toMatchObject({ verdict: 'steady' });

  const restored = history([...STEADY, 1, 1], (index) => {
    if (index < STEADY.length) return {};
    const own = machine(1);
    return {
      machines: [{ ...own, milestones: own.milestones.map((one) => ({ ...one, restored: true as const })) }],
    };
  });
  expect(kernel(restored)?.points).toHaveLength(STEADY.length);

  const host = { cpus: 64, loadBefore: 0, loadAfter: 0 };
  const moved = history([...STEADY, 700, 710], (index) => (index < STEADY.length ? {} : { host }));
  expect(kernel(moved)?.points).toHaveLength(2);
});

test('virtual time, where it was kept, has a trend of its own', () => {
  const lines = history(STEADY, (index) => {
    const own = machine(STEADY[index] ?? 0);
    const milestones = own.milestones.map((one, at) => ({ ...one, virtualMs: 1_000 * (at + 1) }));
    return { machines: [{ ...own, milestones }] };
  });
  const trend = trendsOf(lines).find(({ milestone, clock }) => milestone === 'kernel' && clock === 'virtual');
  expect(trend).toMatchObject({ usualMs: 1_000, spreadMs: 0, verdict: 'steady' });
});

test('a recorded run is slower by its nature: it is compared with recorded ones alone', () => {
  const recorded = { ...machine(9_000), determinism: 'recorded' as const };
  const lines = history([...STEADY, 9_000, 9_000], (index) =>
    index < STEADY.length ? {} : { machines: [recorded] },
  );
  expect(kernel(lines)).toMatchObject({ verdict: 'too few runs', usualMs: 9_000 });
  expect(
    kernel([...lines, ...history([3_010], () => ({ run: 'last', at: '2025-12-01T00:00:00Z' }))]),
  ).toMatchObject({
    verdict: 'steady',
  });
});
