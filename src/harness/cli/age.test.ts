import { expect, test } from 'vitest';
import { ageMs, ageText } from './age.ts';

test('an age is read', () => {
  expect(['30m', '12h', '7d', '4w', '0.5h'].map(ageMs)).toEqual([
    1_800_000, 43_200_000, 604_800_000, 2_419_200_000, 1_800_000,
  ]);
  for (const wrong of ['7', 'd', '7 d', '-1d', '7days', ''])
    expect(() => ageMs(wrong)).toThrow(`"${wrong}" is no age`);
});

test('an age is written', () => {
  expect([0, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000 * 9].map(ageText)).toEqual([
    'now',
    'now',
    '1 min',
    '59 min',
    '1 h',
    '9 d',
  ]);
});
