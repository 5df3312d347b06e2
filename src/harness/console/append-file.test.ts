import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppendFile } from './append-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-append-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a file that is appended to', () => {
  test('gives back any part at any time, and holds all of it in the end', () => {
    const size = fc.oneof(fc.nat(40), fc.nat(700_000));
    const steps = fc.array(fc.record({ size, read: fc.boolean(), at: fc.nat(100), length: fc.nat(5_000) }), {
      maxLength: 12,
    });
    let runs = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const path = join(folder, `file-${runs++}`);
        const file = new AppendFile(path);
        let expected = Buffer.alloc(0);
        for (const { size, read, at, length } of all) {
          const bytes = Buffer.alloc(size, expected.length % 251);
          expected = Buffer.concat([expected, bytes]);
          file.append(bytes);
          const from = Math.floor((expected.length * at) / 100);
          if (read)
            expect(
              expected.subarray(from, from + length).equals(Buffer.from(file.read(from, from + length))),
            ).toBe(true);
        }
        file[Symbol.dispose]();
        file[Symbol.dispose]();
        expect(readFileSync(path).equals(expected)).toBe(true);
        // It can still be read, and takes no more.
        file.append(Buffer.from('late'));
        expect(Buffer.from(file.read(0, 10)).equals(expected.subarray(0, 10))).toBe(true);
        expect(file.trouble).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  });

  test('begins anew where one stands', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    const file = new AppendFile(path);
    file.append(Buffer.from('new'));
    expect(Buffer.from(file.read(0, 10)).toString()).toBe('new');
    file[Symbol.dispose]();
  });

  test('does without the disk when that is full, and says so', () => {
    const file = new AppendFile('/dev/full');
    file.append(Buffer.alloc(1 << 20));
    file.append(Buffer.from('more'));
    expect(file.trouble).toMatch(/ENOSPC/);
    expect(() => file[Symbol.dispose]()).not.toThrow();
  });

  test('that was removed is read as nothing', () => {
    const path = join(folder, 'file');
    const file = new AppendFile(path);
    file.append(Buffer.from('text'));
    file[Symbol.dispose]();
    rmSync(path);
    expect(file.read(0, 10)).toHaveLength(0);
  });
});
