/** The shape of a dome: it rises where its layer began, and comes down where that ended. Knows no document. */
import type { LayerSpan } from '../../layer-spans.ts';

export interface Dome {
  readonly span: LayerSpan;
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

export interface Frame {
  readonly width: number;
  /** Where the domes stand. */
  readonly ground: number;
  /** How much lower each inner dome is. */
  readonly step: number;
  readonly endMs: number;
}

/** Narrowest dome that is still to be seen. */
const LEAST_WIDTH = 3;

/** The domes of nested spans, outer ones first. Those that end together stand a little apart. */
export function domesOf(spans: readonly LayerSpan[], { width, ground, step, endMs }: Frame): Dome[] {
  const deepest = Math.max(0, ...spans.map(({ depth }) => depth));
  const height = Math.min(step, (ground - 4) / (deepest + 1.6));
  return spans.map((span) => {
    const left = (span.fromMs / endMs) * width;
    const inset = Math.min(3, step / 8) * span.depth;
    const right = Math.max(left + LEAST_WIDTH, Math.min(width, (span.toMs / endMs) * width) - inset);
    return { span, left, right, top: 2 + height * span.depth };
  });
}

/** How a dome curves: the half width of its shoulders, and over what height they rise. */
function curveOf({ left, right, top }: Pick<Dome, 'left' | 'right' | 'top'>, ground: number) {
  const high = ground - top;
  const shoulder = Math.min((right - left) / 2, Math.max(10, high * 0.55));
  return { shoulder, rise: Math.min(high, Math.max(shoulder, high * 0.9)) };
}

/** How wide a dome is so far below its top. */
export function widthAt(dome: Pick<Dome, 'left' | 'right' | 'top'>, ground: number, depth: number): number {
  const { shoulder, rise } = curveOf(dome, ground);
  const part = Math.max(0, 1 - depth / rise);
  return dome.right - dome.left - 2 * shoulder * (1 - Math.sqrt(1 - part * part));
}

/** As an SVG path: two quarters of an ellipse and the roof between them. */
export function domePath(dome: Pick<Dome, 'left' | 'right' | 'top'>, ground: number): string {
  const { left, right, top } = dome;
  const { shoulder, rise } = curveOf(dome, ground);
  const n = (value: number) => value.toFixed(1);
  return (
    `M${n(left)} ${n(ground)}V${n(top + rise)}` +
    `A${n(shoulder)} ${n(rise)} 0 0 1 ${n(left + shoulder)} ${n(top)}` +
    `H${n(right - shoulder)}` +
    `A${n(shoulder)} ${n(rise)} 0 0 1 ${n(right)} ${n(top + rise)}V${n(ground)}Z`
  );
}

/** Round times for an axis: at most `most` of them. */
export function ticksOf(endMs: number, most: number): number[] {
  const least = endMs / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(least));
  const stepMs = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= least) ?? 10 * power;
  const ticks: number[] = [];
  for (let at = 0; at <= endMs; at += stepMs) ticks.push(at);
  return ticks;
}

/** Puts labels into rows so that none covers another. @returns the row of each. */
export function labelRows(labels: readonly { readonly left: number; readonly width: number }[]): number[] {
  const ends: number[] = [];
  return labels.map(({ left, width }) => {
    const free = ends.findIndex((end) => end + 10 <= left);
    const row = free < 0 ? ends.length : free;
    ends[row] = left + width;
    return row;
  });
}
