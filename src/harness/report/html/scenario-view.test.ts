import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleMachine, sampleScenario, sampleTest } from '../fixtures/sample-run.ts';
import { againLine, scenarioView } from './scenario-view.ts';

/** What a shell makes of the line: its words. */
function wordsOf(line: string): string[] {
  return execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

test('the command to run a test again is for a shell, and for Vitest, which takes a regular expression', () => {
  const name = `it's > (Xen) 4.17 $HOME "x" \`id\` [a] | b*`;
  const words = wordsOf(againLine(sampleTest({ name })));
  expect(words.slice(0, 5)).toEqual(['npx', 'vitest', 'run', 'scenarios/xen-pv.test.ts', '-t']);
  expect(words[5]).toMatch(/^it's \\\(Xen\\\)/);
  expect(`it's (Xen) 4.17 $HOME "x" \`id\` [a] | b*`).toMatch(new RegExp(words[5] ?? ''));
});

test('any name comes through the shell as one word', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      const words = wordsOf(againLine(sampleTest({ name: name.replace(/\0/g, '') || 'x' })));
      expect(words).toHaveLength(6);
    }),
    { numRuns: 20 },
  );
});

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
