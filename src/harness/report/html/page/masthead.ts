/** The line at the top of every page. */
import { h, s } from './element.ts';
import { openHelp } from './help.ts';
import { toggleTheme } from './theme.ts';

export function masthead(): HTMLElement {
  return h(
    'nav',
    { class: 'masthead', 'aria-label': 'Report' },
    h('a', { href: '#/', class: 'brand', title: 'All scenarios' }, logo(), 'domes'),
    h(
      'button',
      { type: 'button', class: 'plain', onclick: openHelp, title: 'Keys (?)', 'aria-label': 'Keys' },
      '?',
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'plain',
        onclick: toggleTheme,
        title: 'Light or dark',
        'aria-label': 'Light or dark',
      },
      '◐',
    ),
  );
}

function logo(): SVGSVGElement {
  const arc = (layer: string, r: number) =>
    s('path', { class: `layer-${layer}`, d: `M${16 - r} 25a${r} ${r * 1.15} 0 0 1 ${2 * r} 0` });
  return s(
    'svg',
    { viewBox: '0 0 32 32', class: 'logo', 'aria-hidden': 'true' },
    arc('hypervisor', 14),
    arc('userspace', 9),
    arc('guest-kernel', 4),
  );
}
