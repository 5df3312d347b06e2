import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Echoes } from './echoes.ts';

test('finds the last echo that overlaps a range, as a search through all of them does', () => {
  const steps = fc.array(fc.record({ gap: fc.nat(5), length: fc.integer({ min: 1, max: 6 }) }));
  fc.assert(
    fc.property(steps, fc.nat(60), fc.integer({ min: 1, max: 20 }), (echoes, from, length) => {
      let at = 0;
      const ranges = echoes.map(({ gap, length }) => {
        const start = at + gap;
        at = start + length;
        return { from: start, to: at };
      });
      const noted = new Echoes();
      noted.settle(ranges);
      // Neighbours are one echo: a match that begins in one of them has to begin behind them all.
      const isEcho = (offset: number) => ranges.some((range) => range.from <= offset && offset < range.to);
      const last = ranges.findLast((range) => range.from < from + length && range.to > from);
      let end = last?.to;
      while (end !== undefined && isEcho(end)) end++;
      const found = noted.overlapping(from, from + length);
      expect(found === undefined).toBe(last === undefined);
      if (found !== undefined && end !== undefined) expect(found).toBeLessThanOrEqual(end);
      if (found !== undefined && last) expect(found).toBeGreaterThanOrEqual(last.to);
    }),
  );
});

test('what may still turn out to be an echo is open', () => {
  const echoes = new Echoes();
  expect(echoes.isOpen(1_000)).toBe(false);
  echoes.expectFrom(10);
  expect(echoes.isOpen(10)).toBe(false);
  expect(echoes.isOpen(11)).toBe(true);
  echoes.settle([{ from: 10, to: 12 }]);
  expect(echoes.isOpen(11)).toBe(false);
  expect(echoes.overlapping(11, 20)).toBe(12);
  expect(echoes.overlapping(12, 20)).toBeUndefined();
});

test('of very many, the latest are remembered', () => {
  const echoes = new Echoes();
  echoes.settle(Array.from({ length: 20_000 }, (_, i) => ({ from: 10 * i, to: 10 * i + 5 })));
  expect(echoes.overlapping(199_990, 200_000)).toBe(199_995);
  expect(echoes.overlapping(150_000, 150_001)).toBe(150_005);
  expect(echoes.overlapping(0, 5)).toBeUndefined();
});
