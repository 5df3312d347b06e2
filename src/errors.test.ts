import { expect, test } from 'vitest';
import { type DomesError, ExpectTimeoutError, failureOf, HostError, KnownFailureError } from './errors.ts';

const timeout = new ExpectTimeoutError('console "com1" did not print "login: " (waited 90 s)', 90_000, {
  machine: 'slim-dom0, tcg',
  lastLines: [{ atMs: 24_310, text: 'VFS: \x1b[31mCannot\r open\u202e root device' }],
  next: 'give it a root disk',
});

test('the message is a summary and one row for each fact, with what the guest printed made harmless', () => {
  expect(timeout.message).toMatchInlineSnapshot(`
    "console "com1" did not print "login: " (waited 90 s)
      blame       guest: the system under test misbehaved
      machine     slim-dom0, tcg
         24.310 │ VFS: ␛[31mCannot␍ open\\u{202e} root device
      next        give it a root disk"
  `);
});

test('code, blame and facts survive the way through JSON', () => {
  const carried = JSON.parse(JSON.stringify(timeout));
  expect(failureOf(carried)).toEqual({
    code: 'DOMES_EXPECT_TIMEOUT',
    blame: 'guest',
    summary: timeout.summary,
    facts: timeout.facts,
  });
  expect(failureOf(timeout)).toEqual(failureOf(carried));
});

test('a known failure carries its class', () => {
  expect(failureOf(new KnownFailureError('GRUB gave up', 'bootloader/no-multiboot'))?.failureClass).toBe(
    'bootloader/no-multiboot',
  );
});

test('what crosses a process boundary has one field that Vitest does not know, and it is the one it skips', () => {
  const error: DomesError = new HostError('DOMES_DISK', 'the disk is full');
  expect(Object.keys(error.toJSON())).toEqual(['name', 'message', 'runnerError']);
});

test('errors of others are no failures of ours', () => {
  for (const other of [
    new Error('x'),
    { runnerError: { code: 'E' } },
    { runnerError: true },
    'text',
    null,
    undefined,
  ])
    expect(failureOf(other)).toBeUndefined();
});

test('the stack starts where the error was thrown, under its own name', () => {
  const [head, ...frames] = (new HostError('DOMES_DISK', 'the disk is full').stack ?? '').split('\n    at ');
  expect(head).toMatch(/^HostError: the disk is full/);
  expect(frames[0]).toContain('errors.test.ts');
});
