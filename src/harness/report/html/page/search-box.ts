/** Search in all consoles: the box, and the list of what was found. */
import type { ConsoleView } from '../view.ts';
import { type Hit, type Progress, searchConsoles } from './console-search.ts';
import { h } from './element.ts';
import { placesOf, rowText } from './row-text.ts';

/** The list begins to fill when nothing was typed for this long. */
const QUIET_MS = 150;

export function searchBox(
  consoles: readonly ConsoleView[],
  show: (hit: Hit, words: string) => void,
): HTMLElement {
  const list = h('ol', { class: 'hits' });
  const status = h('p', { class: 'quiet', role: 'status' });
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const search = async () => {
    const own = ++latest;
    const words = input.value.trim();
    list.replaceChildren();
    status.textContent = '';
    if (words.length < 2) return;
    for await (const progress of searchConsoles(consoles, words)) {
      if (own !== latest) return;
      const fresh = progress.hits.slice(list.childElementCount);
      list.append(...fresh.map((hit) => hitElement(hit, words, show)));
      status.textContent = statusText(progress);
    }
  };
  const input = h('input', {
    type: 'search',
    class: 'search',
    placeholder: 'Search all consoles  /',
    'aria-label': 'Search all consoles',
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => void search(), QUIET_MS);
    },
    onkeydown: (event: KeyboardEvent) => {
      if (event.key === 'Enter') list.querySelector('button')?.click();
    },
  });
  return h('div', { class: 'console-search' }, input, status, list);
}

function statusText({ hits, done, more }: Progress): string {
  const found = `${hits.length}${more ? ' and more' : ''} ${hits.length === 1 ? 'line' : 'lines'}`;
  return done < 1 && !more ? `${found} so far, ${Math.floor(done * 100)} % looked at` : found;
}

function hitElement(hit: Hit, words: string, show: (hit: Hit, words: string) => void): HTMLElement {
  const { text } = rowText(hit.text, words);
  const [place] = placesOf(text, words);
  // The beginning of a long line would hide what was found.
  const from = Math.max(0, (place?.[0] ?? 0) - 60);
  return h(
    'li',
    {},
    h(
      'button',
      { type: 'button', onclick: () => show(hit, words) },
      h('span', { class: 'where' }, `${hit.console.name}:${hit.line}`),
      h('span', { class: 'time' }, (hit.atMs / 1000).toFixed(3)),
      h('span', { class: 'what' }, text.slice(from, from + 240)),
    ),
  );
}
