import { describe, expect, test } from 'vitest';
import type { HistoryLine } from '../history.ts';
import { byScenario, expectedOf, forecast } from './forecast.ts';

function run(kernelMs: number, endMs: number, state: HistoryLine['state'] = 'passed'): HistoryLine {
  return {
    schema: 1,
    ...{ run: 'r', at: '2026-01-01T00:00:00Z', file: 'a.test.ts', test: 'boots', state, tookMs: endMs + 500 },
    host: { cpus: 2, loadBefore: 0, loadAfter: 0 },
    versions: { domes: '0', node: 'v20' },
    machines: [
      {
        ...{ name: 'dom0', image: { name: 'dom0', digest: '0' }, accelerator: 'tcg', qemuVersion: '7.2' },
        ranMs: endMs,
        milestones: [
          { name: 'firmware', stage: 'firmware', atMs: 100 },
          { name: 'kernel', stage: 'kernel', atMs: kernelMs },
        ],
      },
    ],
  };
}

const reached = (name: 'firmware' | 'kernel', atMs: number, restored = false) => ({
  ...{ name, stage: name, atMs, restored },
});

describe('what earlier runs tell', () => {
  test('medians, of those that passed', () => {
    const runs = [run(4_000, 9_000), run(90_000, 99_000, 'failed'), run(5_000, 10_000), run(30_000, 60_000)];
    const earlier = byScenario(runs).get('["a.test.ts","boots"]') ?? [];
    expect(earlier).toHaveLength(3);
    expect(expectedOf(earlier, 'dom0')).toEqual({
      milestones: [
        { name: 'firmware', atMs: 100 },
        { name: 'kernel', atMs: 5_000 },
      ],
      endMs: 10_000,
    });
    expect(expectedOf(earlier, 'another')).toBeUndefined();
    expect(expectedOf([], 'dom0')).toBeUndefined();
  });
});

describe('how far a machine is', () => {
  const expected = {
    milestones: [
      { name: 'firmware', atMs: 100 },
      { name: 'kernel', atMs: 5_000 },
    ],
    endMs: 10_000,
  };

  test('by the clock, at the usual pace', () => {
    const at = forecast(expected, [reached('firmware', 100)], { clockMs: 2_500, fromMs: 0 });
    expect(at).toEqual({ done: 0.25, leftMs: 7_500 });
  });

  test('what has not been reached is not behind it', () => {
    const at = forecast(expected, [reached('firmware', 100)], { clockMs: 60_000, fromMs: 0 });
    expect(at).toEqual({ done: 0.5, leftMs: 5_000 });
  });

  test('a host that takes twice as long goes on to', () => {
    const slow = forecast(expected, [reached('kernel', 10_000)], { clockMs: 10_000, fromMs: 0 });
    expect(slow).toEqual({ done: 0.5, leftMs: 10_000 });
    const later = forecast(expected, [reached('kernel', 10_000)], { clockMs: 14_000, fromMs: 0 });
    expect(later).toEqual({ done: 0.7, leftMs: 6_000 });
  });

  test('a restored machine begins where it was saved', () => {
    const at = forecast(expected, [reached('kernel', 5_200, true)], { clockMs: 8_000, fromMs: 6_000 });
    expect(at).toEqual({ done: 0.5, leftMs: 2_000 });
  });

  test('never over the end', () => {
    const at = forecast(expected, [reached('kernel', 5_000)], { clockMs: 99_000, fromMs: 0 });
    expect(at).toEqual({ done: 1, leftMs: 0 });
  });
});
