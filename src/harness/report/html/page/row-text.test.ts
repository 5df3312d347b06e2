import { expect, test } from 'vitest';
import { placesOf, rowText } from './row-text.ts';

test('a line that was drawn again and again is shown as it was left, unless something else in it is looked for', () => {
  const row = 'Fetching 1%\rFetching 50%\r\rFetching 100%\r';
  expect(rowText(row)).toEqual({ text: 'Fetching 100%', redrawn: 2 });
  expect(rowText(row, '50%').text).toBe('Fetching 1% ⟲ Fetching 50% ⟲ Fetching 100%');
  expect(rowText('plain\r')).toEqual({ text: 'plain', redrawn: 0 });
});

test('nothing in it acts on the page, and it has an end', () => {
  expect(rowText('a\x1b[31m\u202eb\x00\u009b').text).toBe('a␛[31m\\u{202e}b␀\\x9b');
  expect(rowText('x'.repeat(100_000)).text).toMatch(/^x{2000}… \(100000 characters\)$/);
});

test('words are found whatever their case', () => {
  expect(placesOf('Xen and xen', 'XEN')).toEqual([
    [0, 3],
    [8, 11],
  ]);
  expect(placesOf('İ xen', 'xen')).toEqual([]);
  expect(placesOf('xen', '')).toEqual([]);
});
