/** Keys for the whole page; where something is typed they are letters. */
import type { RunView } from '../view.ts';
import { openHelp } from './help.ts';
import type { ScenarioPage } from './scenario.ts';

export function listenToKeys(run: RunView, shown: () => ScenarioPage | undefined): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (document.querySelector('dialog[open]')) return;
    if (target.matches('input, textarea, select')) {
      if (event.key === 'Escape') target.blur();
      return;
    }
    // Space and the arrows belong to what has the focus, where that has a use for them.
    const isControl = target.closest('button, a, summary, [role=slider]') !== null;
    const scrolls = target.closest('[data-scrolls]') !== null;
    if (isControl && [' ', 'Enter'].includes(event.key)) return;
    if (scrolls && /^(Arrow|Page|Home|End| )/.test(event.key)) return;
    if (keyDone(event, run, shown())) event.preventDefault();
  });
}

function keyDone({ key, shiftKey }: KeyboardEvent, run: RunView, page: ScenarioPage | undefined): boolean {
  if (key === '?') openHelp();
  else if (key === '/') document.querySelector<HTMLInputElement>('.search')?.focus();
  else if (key === 'u' || key === 'Escape') location.hash = '#/';
  else if (key === 'j' || key === 'k') step(run, key === 'j' ? 1 : -1, page);
  else if (page) return page.key(key, shiftKey);
  else return false;
  return true;
}

/** In the list the focus moves, among scenarios the page. */
function step({ scenarios }: RunView, by: 1 | -1, page: ScenarioPage | undefined): void {
  if (page) {
    const index = scenarios.findIndex(({ key }) => key === page.scenario);
    const next = scenarios[index + by];
    if (next) location.hash = `#/${next.key}`;
    return;
  }
  const rows = [...document.querySelectorAll<HTMLElement>('a.row:not([hidden])')];
  const index = rows.indexOf(document.activeElement as HTMLElement);
  const next = rows[index < 0 ? (by > 0 ? 0 : rows.length - 1) : index + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
