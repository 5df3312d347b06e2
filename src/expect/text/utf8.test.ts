import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrivingBytes, characterStart, decodeText, decodeWithOffsets } from './utf8.ts';

/** Valid characters of each length, cut ones, and stray bytes. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'é', '€', '😀', '\ufffd').map((text) => [...Buffer.from(text)]),
      fc.constantFrom(
        [0xc3],
        [0xe2, 0x82],
        [0xf0, 0x9f, 0x98],
        [0x80],
        [0xff],
        [0xc0, 0x80],
        [0xed, 0xa0, 0x80],
        [0xf4, 0x90],
      ),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => Buffer.from(pieces.flat()));

/** Every split of the bytes into valid characters and single invalid bytes is the same one: take it greedily. */
function slowly(all: Buffer): { text: string; offsets: number[] } {
  let text = '';
  const offsets: number[] = [];
  for (let at = 0; at < all.length; ) {
    const length = [1, 2, 3, 4].find((count) => {
      const piece = all.subarray(at, at + count);
      return (
        piece.length === count &&
        Buffer.from(piece.toString()).equals(piece) &&
        [...piece.toString()].length === 1
      );
    });
    const character = length ? all.toString('utf8', at, at + length) : '\ufffd';
    for (let unit = 0; unit < character.length; unit++) offsets.push(at);
    text += character;
    at += length ?? 1;
  }
  return { text, offsets: [...offsets, all.length] };
}

test('each invalid byte is one U+FFFD, and offsets stay true', () => {
  fc.assert(
    fc.property(bytes, (all) => {
      const { text, offsets } = slowly(all);
      const decoded = decodeWithOffsets(all, 0, all.length);
      expect(decoded.text).toBe(text);
      expect(decodeText(all)).toBe(text);
      expect(Array.from(offsets, (_, index) => decoded.startOffset(index))).toEqual(offsets);
    }),
  );
});

test('half of a character of four bytes ends behind all of it', () => {
  const decoded = decodeWithOffsets(Buffer.from('a😀b'), 0, 6);
  expect([1, 2, 3].map((index) => [decoded.startOffset(index), decoded.endOffset(index)])).toEqual([
    [1, 1],
    [1, 5],
    [5, 5],
  ]);
  expect(decoded.indexAt(5)).toBe(3);
});

test('knows how many bytes of a character have arrived', () => {
  const arriving = (...all: number[]) => arrivingBytes(Buffer.from(all), 0, all.length);
  expect(arriving(0x61)).toBe(0);
  expect(arriving(0x61, 0xc3)).toBe(1);
  expect(arriving(0xe2, 0x82)).toBe(2);
  expect(arriving(0xf0, 0x9f, 0x98)).toBe(3);
  expect(arriving(0xf0, 0x9f, 0x98, 0x80)).toBe(0);
  expect(arriving(0x80, 0x80)).toBe(0);
  // No character begins with these.
  expect(arriving(0xed, 0xa0)).toBe(0);
  expect(arriving(0xff)).toBe(0);
});

test('finds the start of the next character', () => {
  const all = Buffer.from('a€b');
  expect([0, 1, 2, 3, 4].map((at) => characterStart(all, 0, at, all.length))).toEqual([0, 1, 4, 4, 4]);
  // What was read before is no part of any character.
  expect(characterStart(all, 2, 2, all.length)).toBe(2);
});
