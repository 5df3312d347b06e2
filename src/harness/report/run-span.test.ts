import { expect, test } from 'vitest';
import { spanOfMerged } from './run-span.ts';

const MERGING = { startedAt: '2026-01-02T00:00:00.000Z', endedAt: '2026-01-02T00:00:01.000Z' };

test('a merged run lasts from its first test to the end of its last, not for as long as the merge took', () => {
  const tests = [
    { startedAt: '2026-01-01T00:00:10.000Z', tookMs: 5_000 },
    { startedAt: '2026-01-01T00:00:02.000Z', tookMs: 60_000 },
    { tookMs: 0 },
  ];
  expect(spanOfMerged(tests, MERGING)).toEqual({
    startedAt: '2026-01-01T00:00:02.000Z',
    endedAt: '2026-01-01T00:01:02.000Z',
  });
});

test('nothing has run: as long as the merge', () => {
  expect(spanOfMerged([{ tookMs: 0 }], MERGING)).toEqual(MERGING);
});
