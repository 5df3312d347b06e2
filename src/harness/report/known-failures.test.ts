import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { knownFailure, readKnownFailures } from './known-failures.ts';
import type { TestRecord } from './run.ts';

const TRACKER = 'https://example.org/issues/7';
const NOW = new Date('2026-11-22T23:59:00Z');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'domes-known-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function known(...entries: object[]) {
  writeFileSync(join(root, 'known-failures.json'), JSON.stringify({ known: entries }));
  return readKnownFailures(root);
}

const failed = (type: string, text = ''): TestRecord => ({
  file: 'scenarios/a.test.ts',
  name: 'a',
  project: 'scenarios',
  state: 'failed',
  tookMs: 1,
  retries: 0,
  troubles: [{ kind: 'failure', type, summary: '', text }],
});

describe('a failure is known', () => {
  test.each([
    ['by its class', { class: 'kernel/no-init' }],
    ['by its words', { signature: 'line \\d+ is bad' }],
    ['by both, in this file', { class: 'kernel/no-init', signature: 'bad', file: 'scenarios/a.test.ts' }],
  ])('%s', (_, entry) => {
    const test = failed('kernel/no-init', 'Error: line 7 is bad');
    expect(knownFailure(test, known({ ...entry, tracker: TRACKER }), NOW)).toEqual({
      tracker: TRACKER,
      isSnoozed: false,
    });
  });

  test.each([
    ['2026-11-21', false],
    ['2026-11-22', true],
    ['2027-01-01', true],
  ])('and snoozed until %s: %s', (snoozeUntil, isSnoozed) => {
    const list = known({ class: 'kernel/no-init', tracker: TRACKER, snoozeUntil });
    expect(knownFailure(failed('kernel/no-init'), list, NOW)).toEqual({
      tracker: TRACKER,
      snoozeUntil,
      isSnoozed,
    });
  });
});

test.each([
  ['another class', failed('kernel/no-root-device')],
  ['another file', { ...failed('kernel/no-init'), file: 'scenarios/b.test.ts' }],
  ['one that passed', { ...failed('kernel/no-init'), state: 'passed' as const }],
])('%s is not known', (_, test) => {
  const list = known({ class: 'kernel/no-init', file: 'scenarios/a.test.ts', tracker: TRACKER });
  expect(knownFailure(test, list, NOW)).toBeUndefined();
});

test('without the file nothing is known', () => {
  expect(readKnownFailures(root)).toEqual([]);
});

test.each([
  [{ tracker: TRACKER }, /known-failures\.json: known\.0: class or signature/],
  [{ class: 'a/b', tracker: 'soon' }, /known\.0\.tracker/],
  [{ clas: 'a/b', tracker: TRACKER }, /unknown field "clas" \(did you mean "class"\?\)/],
  [{ signature: '(', tracker: TRACKER }, /known\.0\.signature: is no regular expression/],
  [{ class: 'a/b', tracker: TRACKER, snoozeUntil: 'Friday' }, /known\.0\.snoozeUntil/],
])('a mistake is named: %j', (entry, message) => {
  expect(() => known(entry)).toThrow(message);
});
