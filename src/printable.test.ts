import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableLine } from './printable.ts';

test('control characters of a guest are shown, never sent', () => {
  expect(printable('\x1b]0;owned\x07\x1b[31mred\r\n\tok\x7f\x9b2J')).toBe(
    '␛]0;owned␇␛[31mred␍\n\tok␡\\x9b2J',
  );
  expect(printable('a\u202eb\u2028c\ufeff')).toBe('a\\u{202e}b\\u{2028}c\\u{feff}');
  expect(printable('\ud800 \udc00 \ud83d\ude00 \ufffe')).toBe('\ufffd \ufffd 😀 \ufffd');
});

test('a line stays a line', () => {
  expect(printableLine('a\tb\nc')).toBe('a␉b␊c');
});

test('ordinary text is left alone', () => {
  const text = 'Xen 4.17 — größer, 漢字, 😀\n  │ login: ';
  expect(printable(text)).toBe(text);
});

test('whatever goes in, what comes out is inert, well-formed, and stable', () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  const character = fc.integer({ min: 0x10000, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
  fc.assert(
    fc.property(fc.array(fc.oneof(unit, character)), (parts) => {
      const shown = printable(parts.join(''));
      const isInert = !/[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]/.test(shown);
      const isWellFormed = Buffer.from(shown, 'utf8').toString('utf8') === shown;
      return isInert && isWellFormed && printable(shown) === shown;
    }),
  );
});
