import { expect, test } from 'vitest';
import { lastAtMost, RowIndex } from './row-index.ts';

/** Rows, first line, first ms; the second chunk goes on in the middle of line 4. */
const INDEX = new RowIndex([
  [4, 1, 10],
  [3, 4, 20],
  [2, 7, 900],
]);

test('rows are found by number', () => {
  expect(INDEX.rows).toBe(9);
  expect([0, 3, 4, 8, 9, -1].map((row) => INDEX.place(row))).toEqual([
    { chunk: 0, at: 0 },
    { chunk: 0, at: 3 },
    { chunk: 1, at: 0 },
    { chunk: 2, at: 1 },
    undefined,
    undefined,
  ]);
  for (let row = 0; row < INDEX.rows; row++) {
    const place = INDEX.place(row);
    expect(place && INDEX.row(place)).toBe(row);
  }
});

test('lines are found by number; a line that was cut up by its first row', () => {
  expect([1, 4, 5, 6, 7, 8, 9, 0].map((line) => INDEX.rowOfLine(line))).toEqual([
    0,
    3,
    5,
    6,
    7,
    8,
    undefined,
    undefined,
  ]);
});

test('chunks are found by time', () => {
  expect([0, 10, 899, 900, 9_999].map((atMs) => INDEX.chunkAt(atMs))).toEqual([0, 0, 1, 2, 2]);
  expect(new RowIndex([]).chunkAt(5)).toBe(0);
  expect(lastAtMost([1, 1, 3], (item) => item, 1)).toBe(1);
});
