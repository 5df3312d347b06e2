import { expect, test } from 'vitest';
import { GuestError } from '../../errors.ts';
import { scenarioFrames } from './stack-frame.ts';

const keeps = scenarioFrames('/project');
const stack = (...files: string[]) =>
  ['GuestError: no login', ...files.map((file) => `    at x (${file}:1:2)`)].join('\n');
const guestError = (...files: string[]) => ({
  ...new GuestError('DOMES_X', 'no login').toJSON(),
  stack: stack(...files),
});

test('of a failure only the scenario’s frames are kept', () => {
  const error = guestError('/project/src/harness/machine.ts', 'file:///project/scenarios/a.test.ts');
  expect(keeps(error, { file: '/project/src/harness/machine.ts' })).toBe(false);
  expect(keeps(error, { file: '/project/scenarios/a.test.ts' })).toBe(true);
});

test('unit tests beside the code count as scenarios', () => {
  const error = guestError('/project/src/expect/console.ts', '/project/src/expect/console.test.ts');
  expect(keeps(error, { file: '/project/src/expect/console.ts' })).toBe(false);
  expect(keeps(error, { file: '/project/src/expect/console.test.ts' })).toBe(true);
});

test('a failure that no scenario led to, and a defect of the harness, keep their whole stack', () => {
  const file = '/project/src/harness/machine.ts';
  expect(keeps(guestError(file, '/project/node_modules/vitest/dist/index.js'), { file })).toBe(true);
  expect(keeps({ name: 'TypeError', stack: stack(file, '/project/scenarios/a.test.ts') }, { file })).toBe(
    true,
  );
});
