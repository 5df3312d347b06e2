/** The boot of a scenario in a row of the list: its domes, to the scale of the longest. */
import type { LayerSpan } from '../../layer-spans.ts';
import { domePath, domesOf } from './dome-shape.ts';
import { s } from './element.ts';
import { layerClass } from './layer-name.ts';

const SIZE = { width: 220, ground: 30 } as const;

export function domeIcon(spans: readonly LayerSpan[], endMs: number): SVGSVGElement {
  const { width, ground } = SIZE;
  const domes = domesOf(spans, { width, ground, step: 6, endMs });
  return s(
    'svg',
    {
      class: 'dome-icon',
      viewBox: `0 0 ${width} ${ground}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    ...domes.map((dome) => s('path', { class: layerClass(dome.span.stage), d: domePath(dome, ground) })),
  );
}
