import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followEcho } from './echo.ts';

const sure = (typed: string, printed: string) => followEcho(Array.from(typed), printed, 'sure');
const quiet = (typed: string, printed: string) => followEcho(Array.from(typed), printed, 'quiet');
const KERNEL = '[  241.200000] random: crng init done\r\n';

describe('an echo', () => {
  test('is the typed text, character by character', () => {
    expect(sure('xl list', 'xl list\r\nName')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(sure('xl list', 'xl l')).toEqual([0, 1, 2, 3]);
    expect(sure('xl list', '')).toEqual([]);
  });

  // Recorded from bash 5.2, busybox 1.35 (ash) and a terminal that takes a blank back.
  test.each([
    ["export TERM=dumb; PS1='x:$dm'", "export TE\rERM=dumb; PS1='x:\r:$dm'"],
    ['export TERM=dumb', 'export T\r\r\nERM=dumb'],
    ['export TERM=dumb', 'export T \bERM=dumb'],
    ['echo a b', 'echo a \r b'],
    ['echo a b', 'echo a \b b'],
  ])('may be wrapped: %j as %j', (typed, printed) => {
    expect(sure(typed, printed)).toHaveLength(typed.length);
  });

  test.each([KERNEL, '(XEN) d0: bad\r\n', '<6>usb 1-1: new device\n'])('may be cut by %j', (line) => {
    expect(sure('xl list', `x${line}l li${line}${line}st`)).toHaveLength(7);
  });

  test('may show question marks for what is not ASCII', () => {
    expect(sure('ä 😀 x', 'ä ? x')).toEqual([0, 1, 2, 3, 4]);
    expect(sure('ä 😀 x', 'ä 😀 x')).toEqual([0, 1, 2, 4, 5]);
  });

  test('waits for the end of a kernel line, and is not found inside it', () => {
    expect(sure('a-c', 'a[  1.0] -c')).toEqual([0]);
  });

  test.each([
    ['lost', 'xl list', 'xl lst'],
    ['doubled', 'xl list', 'xll list'],
    ['changed', 'a', '?'],
    ['doubled at the start', 'xl list', 'xxl list'],
  ])('is not complete when a character was %s', (_, typed, printed) => {
    expect(sure(typed, printed).length).toBeLessThan(typed.length);
    expect(quiet(typed, printed).length).toBeLessThan(typed.length);
  });
});

describe('when the console is quiet', () => {
  test('an echo may go on behind any message that ends its line', () => {
    expect(sure('xl list', 'xl random: crng done\r\nlist').length).toBeLessThan(7);
    expect(quiet('xl list', 'xl random: crng done\r\nlist')).toHaveLength(7);
  });

  test('an echo may begin behind a prompt that came late, or behind the erasure of a killed line', () => {
    expect(quiet('xl list', 'done\r\n/ # xl list')).toHaveLength(7);
    expect(quiet('xl list', '\b\b\b   \b\b\bxl list')).toHaveLength(7);
    expect(quiet('xl list', '\rdm-x:8:0> xl list')).toHaveLength(7);
    expect(sure('xl list', '\b \b\b \bxl list')).toHaveLength(7);
  });
});

test('whatever wraps it or cuts into it, an echo is found whole, in order, where it is', () => {
  const noise = fc.constantFrom('\r\n', '\r', '\x07', '\b', KERNEL, '(XEN) x y z\r\n');
  const piece = fc.record({
    before: fc.array(noise, { maxLength: 2 }),
    text: fc.string({ unit: 'grapheme', minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
      const typed = pieces.map(({ text }) => text).join('');
      const printed = pieces.map(({ before, text }) => before.join('') + text).join('');
      const places = sure(typed, printed);
      expect(places.map((place) => String.fromCodePoint(printed.codePointAt(place) ?? 0)).join('')).toBe(
        typed,
      );
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }),
  );
});
