/** A trend as a line: earlier runs, and this one as a dot. */
import { seconds } from '../seconds.ts';
import { h, s } from './element.ts';

const SIZE = { width: 96, height: 26, margin: 4 } as const;

/** @param values oldest first, ms; null where a run has none. The last one is this run's. */
export function sparkline(values: readonly (number | null)[]): SVGSVGElement | HTMLSpanElement {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const last = known.at(-1);
  // Two points are no trend.
  if (known.length < 3 || !last) return h('span', { class: 'sparkline empty' });
  const low = Math.min(...known.map(({ value }) => value));
  const high = Math.max(...known.map(({ value }) => value));
  const { width, height, margin } = SIZE;
  // A trend that is flat looks flat: noise of a few percent must not fill the picture.
  const range = Math.max(high - low, high * 0.2, 1);
  const middle = (high + low) / 2;
  const x = (index: number) => margin + (index / Math.max(1, values.length - 1)) * (width - 2 * margin);
  const y = (value: number) => height / 2 - ((value - middle) / range) * (height - 2 * margin);
  const points = known.map(({ value, index }) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return s(
    'svg',
    { class: 'sparkline', viewBox: `0 0 ${width} ${height}`, role: 'img' },
    s(
      'title',
      {},
      `${known.length} runs: ${seconds(low)} to ${seconds(high)}, this one ${seconds(last.value)}`,
    ),
    s('polyline', { points }),
    s('circle', { cx: x(last.index).toFixed(1), cy: y(last.value).toFixed(1), r: 2.6 }),
  );
}
