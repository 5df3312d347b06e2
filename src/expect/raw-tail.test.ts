import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RawTail } from './raw-tail.ts';

const KEPT = 1 << 16;

test('keeps the latest 64 KiB, whatever the sizes of the chunks', () => {
  const size = fc.oneof(fc.nat(40), fc.nat(50_000), fc.nat(300_000));
  fc.assert(
    fc.property(fc.array(size, { maxLength: 12 }), fc.nat(600_000), (sizes, offset) => {
      const tail = new RawTail();
      let all = Buffer.alloc(0);
      for (const length of sizes) {
        const chunk = Buffer.alloc(length, `${all.length},`);
        all = Buffer.concat([all, chunk]);
        tail.append(chunk);
      }
      expect(tail.end).toBe(all.length);
      expect(tail.end - tail.start).toBeGreaterThanOrEqual(Math.min(KEPT, all.length));
      const from = Math.min(Math.max(offset, tail.start), all.length);
      expect(all.subarray(from).equals(tail.since(offset))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('hands out copies', () => {
  const tail = new RawTail();
  tail.append(Buffer.from('abc'));
  const seen = tail.since(0);
  tail.append(Buffer.from('x'.repeat(2 * KEPT)));
  expect(Buffer.from(seen).toString()).toBe('abc');
});
