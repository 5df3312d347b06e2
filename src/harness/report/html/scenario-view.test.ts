import { expect, test } from 'vitest';
import { sampleMachine, sampleScenario, sampleTest } from '../fixtures/sample-run.ts';
import { scenarioView } from './scenario-view.ts';

test('machines are on one clock; a restored one began before its QEMU did, and says where it came from', () => {
  const restoredFrom = {
    name: 'login',
    kind: 'template',
    takenAt: '2025-11-22T09:00:00Z',
    atMs: 9_000,
    tookMs: 160,
  } as const;
  const scenario = sampleScenario(
    sampleMachine({ name: 'first', startedAt: '2025-11-22T10:00:10.000Z' }),
    sampleMachine({ name: 'restored', startedAt: '2025-11-22T10:00:12.000Z', restoredFrom }),
  );
  const { machines, startedAt } = scenarioView(
    { key: 's0', test: sampleTest({ scenario }), earlier: [] },
    [],
  );
  expect(startedAt).toBe('2025-11-22T10:00:03.000Z');
  expect(machines.map(({ sinceMs }) => sinceMs)).toEqual([7_000, 0]);
  expect(machines[1]?.checkpoints).toEqual([{ name: 'login', atMs: 9_000, restored: true }]);
  expect(machines[1]?.facts.find(([name]) => name === 'restored')?.[1]).toContain('in 160 ms');
});
