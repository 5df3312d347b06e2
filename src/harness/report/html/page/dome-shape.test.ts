import { expect, test } from 'vitest';
import type { LayerSpan } from '../../layer-spans.ts';
import { domePath, domesOf, labelRows, ticksOf, widthAt } from './dome-shape.ts';

const SPANS: LayerSpan[] = [
  { stage: 'firmware', name: 'firmware', fromMs: 0, toMs: 1, depth: 0 },
  { stage: 'hypervisor', name: 'hypervisor', fromMs: 2_000, toMs: 10_000, depth: 0 },
  { stage: 'kernel', name: 'kernel', fromMs: 4_000, toMs: 10_000, depth: 1 },
  { stage: 'guest-kernel', name: 'guest', fromMs: 9_990, toMs: 10_000, depth: 2 },
];

test('domes begin to scale, stay within the picture and within those around them', () => {
  const domes = domesOf(SPANS, { width: 1_000, ground: 200, step: 30, endMs: 10_000 });
  expect(domes.map(({ left }) => left)).toEqual([0, 200, 400, 999]);
  const [, xen, kernel, guest] = domes;
  expect(xen?.right).toBe(1_000);
  expect(kernel?.right).toBeLessThan(1_000);
  expect(kernel?.top).toBeGreaterThan(xen?.top ?? 0);
  expect(guest?.top).toBeGreaterThan(kernel?.top ?? 0);
  // Even one of a millisecond is to be seen.
  for (const { left, right, top } of domes) {
    expect(right).toBeGreaterThan(left);
    expect(top).toBeLessThan(200);
    expect(domePath({ left, right, top }, 200)).not.toMatch(/NaN|-/);
  }
});

test('ticks are round and few', () => {
  expect(ticksOf(13_500, 10)).toEqual([0, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000]);
  expect(ticksOf(80, 4)).toEqual([0, 20, 40, 60, 80]);
  expect(ticksOf(1, 1).length).toBeLessThanOrEqual(2);
});

test('labels that would cover each other are in different rows', () => {
  const at = (left: number) => ({ left, width: 100 });
  expect(labelRows([at(0), at(50), at(200), at(205), at(215)])).toEqual([0, 1, 0, 1, 2]);
});

test('a dome is a point at its top, and as wide as its foot at the ground', () => {
  const narrow = { left: 100, right: 200, top: 10 };
  expect(widthAt(narrow, 200, 0)).toBeCloseTo(0);
  expect(widthAt(narrow, 200, 190)).toBeCloseTo(100);
  const widths = [5, 20, 60, 120].map((depth) => widthAt(narrow, 200, depth));
  expect(widths).toEqual([...widths].sort((a, b) => a - b));
  // A wide one has a roof.
  expect(widthAt({ left: 0, right: 1_000, top: 10 }, 200, 0)).toBeGreaterThan(700);
});
