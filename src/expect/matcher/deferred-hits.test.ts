import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeferredHits, type Search } from './deferred-hits.ts';

const NEVER = 999;

/** A closed pattern whose one match is complete at `end`. */
function searchFor(ends: readonly number[]): Search {
  return (index, _, to) => {
    const end = ends[index] as number;
    return to < end ? undefined : { index, start: 0, end, text: '', groups: [], named: {} };
  };
}

test('the first hit that is a match is found, of several patterns the first', () => {
  const list = fc
    .uniqueArray(fc.integer({ min: 1, max: 300 }), { minLength: 1 })
    .map((ends) => ends.sort((a, b) => a - b));
  fc.assert(
    fc.property(list, list, fc.nat(), fc.nat(), (first, second, n, m) => {
      const ends = [first[n % (first.length + 1)] ?? NEVER, second[m % (second.length + 1)] ?? NEVER];
      const search = searchFor(ends);
      const deferred = new DeferredHits(2);
      for (let miss = 0; miss < 8; miss++)
        for (const index of [0, 1]) expect(deferred.ask(index, 0, search)).toBeUndefined();
      for (const end of first) expect(deferred.ask(0, end, search)).toBeUndefined();
      for (const end of second) expect(deferred.ask(1, end, search)).toBeUndefined();
      const at = Math.min(...ends);
      const found = deferred.settle(search);
      expect(found?.at).toBe(at === NEVER ? undefined : at);
      expect(found?.match.index).toBe(at === NEVER ? undefined : ends.indexOf(at));
      expect(deferred.settle(search)).toBeUndefined();
    }),
  );
});

test('a hit is asked about at once as long as hits tend to be matches', () => {
  const deferred = new DeferredHits(1);
  for (let end = 1; end < 8; end++) expect(deferred.ask(0, end, searchFor([100]))).toBeUndefined();
  expect(deferred.ask(0, 100, searchFor([100]))).toMatchObject({ end: 100 });
});
