import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsoleText, type TextChunk } from './console-text.ts';

function chunksOf(parts: readonly (readonly [text: Uint8Array | string, atMs: number])[]): TextChunk[] {
  const chunks: TextChunk[] = [];
  const text = new ConsoleText((chunk) => chunks.push(chunk));
  for (const [part, atMs] of parts) text.add(Buffer.from(part), atMs);
  text.end();
  return chunks;
}

function timesOf({ atMs, laterMs }: TextChunk): number[] {
  let sum = atMs;
  return laterMs.map((later) => {
    sum += later;
    return sum;
  });
}

/** The lines with their numbers and times: rows of one line that was cut up are put together. */
function linesOf(chunks: readonly TextChunk[]): { line: number; text: string; atMs: number | undefined }[] {
  const lines: { line: number; text: string; atMs: number | undefined }[] = [];
  let goesOn = false;
  for (const chunk of chunks) {
    const times = timesOf(chunk);
    const rows = chunk.text.split('\n');
    expect([rows.length, times.length]).toEqual([chunk.rows, chunk.rows]);
    rows.forEach((text, index) => {
      const last = lines.at(-1);
      if (goesOn && index === 0 && last) last.text += text;
      else lines.push({ line: chunk.line + index, text, atMs: times[index] });
    });
    goesOn = chunk.open;
  }
  return lines;
}

test('rows have the time of their first byte, and numbers from 1', () => {
  const chunks = chunksOf([
    ['GRUB\nXen', 10.4],
    [' 4.17\n', 20],
    ['dom0', 30],
  ]);
  expect(linesOf(chunks)).toEqual([
    { line: 1, text: 'GRUB', atMs: 10 },
    { line: 2, text: 'Xen 4.17', atMs: 10 },
    { line: 3, text: 'dom0', atMs: 30 },
  ]);
});

test('nothing printed is no chunk; empty lines are rows', () => {
  expect(chunksOf([])).toEqual([]);
  expect(linesOf(chunksOf([['\n\n', 5]])).map(({ text }) => text)).toEqual(['', '']);
});

test('however the bytes arrive, the lines are the lines of the text', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constant('é€😀'.repeat(9_000)),
    fc.constant(`${'x'.repeat(70_000)}`),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.array(fc.integer({ min: 150, max: 65_000 }), { maxLength: 20 }),
      (all, cuts) => {
        const bytes = Buffer.from(all.join('\n'));
        const parts: [Uint8Array, number][] = [];
        let at = 0;
        for (let index = 0; at < bytes.length; index++) {
          const size = cuts[index % Math.max(1, cuts.length)] ?? 50_000;
          parts.push([bytes.subarray(at, at + size), index]);
          at += size;
        }
        const expected = bytes.toString().split('\n');
        // A text that ends with a line end has no further row.
        if (expected.at(-1) === '') expected.pop();
        const lines = linesOf(chunksOf(parts));
        expect(lines.map(({ text }) => text)).toEqual(expected);
        expect(lines.map(({ line: number }) => number)).toEqual(expected.map((_, index) => index + 1));
        for (const { atMs } of lines) expect(atMs).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 25 },
  );
});

test('a long console has many chunks, none of them much larger than the others', () => {
  const part = `${'[ 1.000] a line of a kernel'.repeat(3)}\r\n`.repeat(500);
  const chunks = chunksOf(Array.from({ length: 50 }, (_, index) => [part, index * 100]));
  expect(chunks.length).toBeGreaterThan(5);
  for (const { text } of chunks) expect(text.length).toBeLessThan(400_000);
  expect(linesOf(chunks)).toHaveLength(25_000);
});
