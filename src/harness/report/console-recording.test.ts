import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasBareNewlines, RecordedText, readRecording } from './console-recording.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-recording-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function recording(files: { log: Uint8Array | string; times?: string; txt?: string }): string {
  const path = join(folder, 'console.log');
  rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'domes-recording-'));
  const own = join(folder, 'console.log');
  writeFileSync(own, files.log);
  if (files.times !== undefined) writeFileSync(own.replace('.log', '.times'), files.times);
  if (files.txt !== undefined) writeFileSync(own.replace('.log', '.txt'), files.txt);
  return path === own ? path : own;
}

const piecesOf = (log: string) =>
  [...readRecording(log)].map(({ atMs, direction, bytes }) => [atMs, direction, bytes.toString('latin1')]);

test('bytes get their times, and what was typed is between them', () => {
  const log = recording({ log: 'loginroot', times: '[10,"o",5]\n[12.5,"i","ro\\u00ff"]\n[20,"o",4]\n' });
  expect(piecesOf(log)).toEqual([
    [10, 'o', 'login'],
    [12.5, 'i', 'ro\xff'],
    [20, 'o', 'root'],
  ]);
});

test('without times, with a line that was cut off, and with bytes that have none: nothing is lost', () => {
  expect(piecesOf(recording({ log: 'all' }))).toEqual([[0, 'o', 'all']]);
  const cut = recording({ log: 'first, rest', times: '[7,"o",5]\n[9,"o' });
  expect(piecesOf(cut)).toEqual([
    [7, 'o', 'first'],
    [7, 'o', ', rest'],
  ]);
  expect(piecesOf(recording({ log: 'x', times: 'rubbish\n{}\n[1,"o",-4]\n[3,"o",9]\n' }))).toEqual([
    [3, 'o', 'x'],
  ]);
});

test('whatever the chunks, the pieces are the log', () => {
  const chunk = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 200_000 }), fc.nat(50));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 6 }), (chunks) => {
      let atMs = 0;
      const times = chunks.map(([bytes, later]) => {
        atMs += later;
        return `[${atMs},"o",${bytes.length}]\n`;
      });
      const all = Buffer.concat(chunks.map(([bytes]) => bytes));
      const log = recording({ log: all, times: times.join('') });
      const pieces = [...readRecording(log)].map(({ bytes }) => Buffer.from(bytes));
      expect(Buffer.concat(pieces).equals(all)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('the text is what the harness received, even where QEMU logged a byte twice', () => {
  const log = recording({
    log: '\x1b[1msselected\r\nnext',
    txt: 'selected\r\nnext\r\nlast',
    times: '[5,"o",14]\n[9,"o",5]\n',
  });
  const recorded = new RecordedText(log);
  const parts = [...readRecording(log)].flatMap((piece) =>
    [...recorded.of(piece)].map((part) => Buffer.from(part).toString()),
  );
  const rest = [...recorded.rest()].map((part) => Buffer.from(part).toString());
  recorded.close();
  expect([...parts, ...rest].join('')).toBe('selected\r\nnext\r\nlast');
});

test('a debug port ends its lines with LF alone', () => {
  expect(hasBareNewlines(recording({ log: 'SeaBIOS\nBooting\n' }))).toBe(true);
  expect(hasBareNewlines(recording({ log: 'GRUB\r\n' }))).toBe(false);
  expect(hasBareNewlines(recording({ log: 'no line end' }))).toBe(false);
});
