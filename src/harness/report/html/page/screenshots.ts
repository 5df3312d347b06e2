/** Pictures of the screen, each at its moment. */

import { seconds } from '../seconds.ts';
import type { ScenarioView } from '../view.ts';
import type { Clock } from './clock.ts';
import { h } from './element.ts';

export function screenshotSection({ machines }: ScenarioView, clock: Clock): HTMLElement | undefined {
  const figures = machines.flatMap(({ screenshots, sinceMs }) =>
    screenshots.map(({ href, atMs, name }) => {
      const src = href.split('/').map(encodeURIComponent).join('/');
      return h(
        'figure',
        {},
        h(
          'a',
          { href: src, title: 'Open the picture itself' },
          h('img', { src, loading: 'lazy', alt: `The screen: ${name}` }),
        ),
        h(
          'figcaption',
          {},
          h(
            'button',
            { type: 'button', class: 'jump', onclick: () => clock.seek(atMs + sinceMs) },
            seconds(atMs),
          ),
          ' ',
          h('span', { class: 'quiet' }, name),
        ),
      );
    }),
  );
  if (figures.length === 0) return undefined;
  return h(
    'section',
    { class: 'screenshots', 'aria-label': 'Screenshots' },
    h('h2', {}, 'Screen'),
    h('div', { class: 'grid' }, ...figures),
  );
}
