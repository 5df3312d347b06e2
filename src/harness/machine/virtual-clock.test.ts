import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined } from './virtual-clock.ts';

const HZ = 3_579_545;

test('seconds and ticks give back every time, to a tick', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_600_000 }), (ms) => {
      const ticks = Math.floor((ms / 1000) * HZ) % 2 ** 24;
      expect(Math.abs(joined(Math.floor(ms / 1000), ticks) - ms)).toBeLessThan(0.001);
    }),
  );
});

test('a timer that was read a second after the date does no harm', () => {
  const ticks = Math.floor(100.2 * HZ) % 2 ** 24;
  expect(joined(99, ticks)).toBeCloseTo(100_200, 2);
});
