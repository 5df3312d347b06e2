import { expect, test } from 'vitest';
import { Bursts } from './bursts.ts';

test('output without a pause is one burst, a silence ends it', () => {
  const bursts = new Bursts();
  for (const atMs of [10, 20, 100, 600, 601]) bursts.add(atMs);
  expect(bursts.list()).toEqual([
    [10, 100],
    [600, 601],
  ]);
});

test('a console that never rests for long does not fill the memory', () => {
  const bursts = new Bursts();
  for (let atMs = 0; atMs < 5_000_000; atMs += 500) bursts.add(atMs);
  const list = bursts.list();
  expect(list.length).toBeLessThanOrEqual(1_000);
  expect([list[0]?.[0], list.at(-1)?.[1]]).toEqual([0, 4_999_500]);
});
