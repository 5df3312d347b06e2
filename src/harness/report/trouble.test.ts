import { expect, test } from 'vitest';
import { AbortError, ExpectTimeoutError, HostError, KnownFailureError, ScenarioError } from '../../errors.ts';
import { troubleOf } from './trouble.ts';

/** As it comes from a worker. */
const carried = (error: Error) => JSON.parse(JSON.stringify(error));

test.each([
  [
    new KnownFailureError('no multiboot header', 'bootloader/no-multiboot'),
    'failure',
    'bootloader/no-multiboot',
  ],
  [new ExpectTimeoutError('no login', 9, { failureClass: 'kernel/panic: x; y' }), 'failure', 'kernel/panic'],
  [new ExpectTimeoutError('no login', 9), 'failure', 'DOMES_EXPECT_TIMEOUT'],
  [new HostError('DOMES_DISK', 'the disk is full'), 'error', 'DOMES_DISK'],
  [new ScenarioError('no such image'), 'error', 'DOMES_SCENARIO'],
  [new AbortError('cancelled'), 'error', 'DOMES_ABORTED'],
])('%s is a %s of type %s', (error, kind, type) => {
  expect(troubleOf(carried(error), '/project')).toMatchObject({
    kind,
    type,
    summary: error.summary,
    blame: error.blame,
  });
});

test('an assertion that did not hold is a failure, anything else that was thrown is an error', () => {
  expect(troubleOf({ name: 'AssertionError', message: 'expected 1 to be 2' }, '/')).toMatchObject({
    kind: 'failure',
  });
  expect(troubleOf({ name: 'TypeError', message: 'x is not a function' }, '/')).toMatchObject({
    kind: 'error',
  });
  expect(troubleOf('text', '/')).toMatchObject({ kind: 'error', type: 'Error', summary: 'text' });
  expect(troubleOf(undefined, '/')).toMatchObject({ kind: 'error', summary: 'undefined' });
});

test('the text has the difference, the frames and the causes, without colours', () => {
  const cause: { name: string; message: string; cause?: unknown } = {
    name: 'Caused by: Error',
    message: 'ENOSPC',
  };
  cause.cause = cause;
  const error = {
    name: 'AssertionError',
    message: '\x1b[31mexpected\x1b[39m\nmore',
    diff: '\x1b[32m- 1\x1b[39m\n+ 2',
    stacks: [
      { file: '/project/scenarios/a.test.ts', line: 3, column: 7 },
      { file: '/elsewhere/b.ts', line: 1, column: 1 },
    ],
    cause,
  };
  const { text, summary } = troubleOf(error, '/project');
  expect(summary).toBe('expected');
  expect(text.split('caused by')[0]).toMatchInlineSnapshot(`
    "AssertionError: expected
    more

    - 1
    + 2

      at scenarios/a.test.ts:3:7
      at /elsewhere/b.ts:1:1
    "
  `);
  expect(text).toContain('caused by Error: ENOSPC');
});
