import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Piece } from '../console-recording.ts';
import type { MilestoneRecord } from '../record.ts';
import { Asciicast, type CastHeader, SERIAL_TERMINAL } from './asciicast.ts';

const HEADER = { title: 'dom0 ▸ console', startedAt: '2025-11-22T10:55:13.000Z', ...SERIAL_TERMINAL };

function castOf(
  pieces: readonly Piece[],
  milestones: MilestoneRecord[] = [],
  header: CastHeader = HEADER,
): unknown[] {
  const lines: unknown[] = [];
  const cast = new Asciicast(header, milestones, (line) => lines.push(JSON.parse(line)));
  for (const piece of pieces) cast.add(piece);
  cast.end();
  return lines;
}

const out = (atMs: number, text: string | Uint8Array): Piece => ({
  atMs,
  direction: 'o',
  bytes: Buffer.from(text),
});

test('version 3: a header, intervals in seconds, typing, and milestones as markers in their places', () => {
  const milestones: MilestoneRecord[] = [
    { name: 'bootloader', stage: 'bootloader', atMs: 1_500 },
    { name: 'never', stage: 'userspace' },
    { name: 'hypervisor', stage: 'hypervisor', atMs: 9_000 },
  ];
  const typed: Piece = { atMs: 2_000.6, direction: 'i', bytes: Buffer.from('\r') };
  expect(castOf([out(1_000, 'GRUB'), typed, out(2_001, '\x1b[1mXen')], milestones)).toEqual([
    {
      version: 3,
      term: { cols: 80, rows: 24, type: 'vt100' },
      timestamp: 1_763_808_913,
      title: 'dom0 ▸ console',
    },
    [1, 'o', 'GRUB'],
    [0.5, 'm', 'bootloader'],
    [0.501, 'i', '\r'],
    [0, 'o', '\x1b[1mXen'],
    [6.999, 'm', 'hypervisor'],
  ]);
});

test('a character may be split over pieces; bytes that are none become U+FFFD', () => {
  const [first, second] = [Buffer.from('€').subarray(0, 1), Buffer.from('€').subarray(1)];
  expect(castOf([out(1, first), out(2, second), out(3, Buffer.from([0xff, 0x41, 0xe2]))]).slice(1)).toEqual([
    [0.002, 'o', '€'],
    [0.001, 'o', '\ufffdA'],
    [0, 'o', '\ufffd'],
  ]);
});

test('where lines end with LF alone, the terminal is told to go back to their beginning', () => {
  expect(castOf([out(0, 'a\nb\n')], [], { ...HEADER, bareNewlines: true })[1]).toEqual([
    0,
    'o',
    'a\r\nb\r\n',
  ]);
});

test('half a character at the end comes when it was printed', () => {
  expect(castOf([out(10, Buffer.from('a')), out(3_000, Buffer.from([0xc0]))]).slice(1)).toEqual([
    [0.01, 'o', 'a'],
    [2.99, 'o', '\ufffd'],
  ]);
});

test('however the bytes are cut: the output is whole, and its times add up', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 500, noNaN: true }))),
      (bytes, cuts) => {
        const pieces: Piece[] = [];
        let at = 0;
        let atMs = 0;
        for (const [size, later] of [...cuts, [bytes.length + 1, 1] as const]) {
          atMs += later;
          if (at < bytes.length) pieces.push(out(atMs, bytes.subarray(at, at + size)));
          at += size;
        }
        const events = castOf(pieces).slice(1) as [number, string, string][];
        expect(events.map(([, , text]) => text).join('')).toBe(Buffer.from(bytes).toString());
        const totalMs = events.reduce((sum, [interval]) => sum + Math.round(interval * 1000), 0);
        if (events.length > 0) expect(Math.abs(totalMs - (pieces.at(-1)?.atMs ?? 0))).toBeLessThanOrEqual(1);
      },
    ),
  );
});
