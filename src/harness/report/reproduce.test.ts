import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleMachine, sampleScenario, sampleTest } from './fixtures/sample-run.ts';
import { againLine, replayLines } from './reproduce.ts';

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

test('what was recorded is replayed by a command of its own, unless it was discarded', () => {
  const capsule = "reports/runs/a/it's/capsule";
  const scenario = sampleScenario(
    sampleMachine({ recording: { because: 'DOMES_RECORD=always', is: 'kept', capsule, bytes: 9 } }),
    sampleMachine({ recording: { because: 'DOMES_RECORD=on-failure', is: 'discarded' } }),
    sampleMachine(),
  );
  const lines = replayLines(sampleTest({ scenario }));
  expect(lines.map(wordsOf)).toEqual([['npx', 'domes', 'replay', capsule]]);
});
