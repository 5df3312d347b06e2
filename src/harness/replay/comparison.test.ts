import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Comparison } from './comparison.ts';

/** Hands over bytes in pieces that end at the given places. */
function feed(comparison: Comparison, bytes: Uint8Array, cuts: readonly number[]): boolean {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return (
    places
      .slice(1)
      .map((to, i) => comparison.take(bytes.subarray(places[i], to)))
      .at(-1) ?? true
  );
}

const bytes = fc.uint8Array({ maxLength: 200 });
const cuts = fc.array(fc.nat(200), { maxLength: 8 });

describe('the comparison of a console', () => {
  test('the same bytes are identical, wherever they are split', () => {
    fc.assert(
      fc.property(bytes, cuts, (recorded, at) => {
        const comparison = new Comparison('console', recorded);
        expect(feed(comparison, recorded, at)).toBe(true);
        expect(comparison.same).toBe(recorded.length);
        expect(comparison.difference).toBeUndefined();
        expect(comparison.end()).toBeUndefined();
      }),
    );
  });

  test('the first byte that differs is found, wherever the bytes are split', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), cuts, (recorded, n, at) => {
        const place = n % recorded.length;
        const replayed = recorded.slice();
        replayed[place] = (replayed[place] as number) ^ 1;
        const comparison = new Comparison('console', recorded);
        expect(feed(comparison, replayed, at)).toBe(false);
        expect(comparison.difference?.offset).toBe(place);
        expect(comparison.end()?.offset).toBe(place);
      }),
    );
  });

  test('bytes that are missing at the end, or too many, are a difference', () => {
    fc.assert(
      fc.property(bytes, fc.uint8Array({ minLength: 1, maxLength: 20 }), cuts, (start, rest, at) => {
        const whole = Buffer.concat([start, rest]);
        const short = new Comparison('console', whole);
        feed(short, start, at);
        expect(short.difference).toBeUndefined();
        expect(short.end()).toMatchObject({ offset: start.length, replayed: undefined });
        const long = new Comparison('console', start);
        feed(long, whole, at);
        expect(long.end()).toMatchObject({ offset: start.length, recorded: undefined });
      }),
    );
  });

  test('a replay that begins in the middle is compared from there on', () => {
    fc.assert(
      fc.property(bytes, bytes, cuts, (start, rest, at) => {
        const whole = Buffer.concat([start, rest]);
        const comparison = new Comparison('console', whole, start.length);
        feed(comparison, rest, at);
        expect(comparison.end()).toBeUndefined();
        expect(comparison.same).toBe(whole.length);
      }),
    );
  });

  test('shows of a long line the part around the difference', () => {
    const progress = 'x'.repeat(5_000);
    const comparison = new Comparison('console', Buffer.from(`${progress}recorded${progress}\n`));
    comparison.take(Buffer.from(`${progress}replayed${progress}\n`));
    const { recorded, replayed } = comparison.difference ?? {};
    expect(recorded).toMatch(/^x{78}recorded?x{72,74}$/);
    expect(replayed).toMatch(/^x{78}replayed?x{72,74}$/);
  });

  test('says line and both texts, and nothing that acts on a terminal', () => {
    const comparison = new Comparison('console', Buffer.from('one\r\ntwo\r\nthree\r\n'));
    comparison.take(Buffer.from('one\r\ntw'));
    comparison.take(Buffer.from('i\x1b[2J'));
    comparison.take(Buffer.from('ce\r\n'));
    expect(comparison.difference).toEqual({
      console: 'console',
      offset: 7,
      line: 2,
      recorded: 'two',
      replayed: expect.stringMatching(/^twi.*\[2Jce$/),
    });
    expect(comparison.difference?.replayed).not.toContain('\x1b');
  });
});
