/** The page: shows the overview or one scenario, as the address says (`#/`, `#/s3`). */
import type { RunView } from '../view.ts';
import { run, scenarioOf } from './data.ts';
import { h } from './element.ts';
import { listenToKeys } from './keyboard.ts';
import { masthead } from './masthead.ts';
import { overview } from './overview.ts';
import { type ScenarioPage, scenarioPage } from './scenario.ts';
import { applyTheme } from './theme.ts';

let shown: ScenarioPage | undefined;
/** Where the reader was in the list. */
let listTop = 0;

async function show(view: RunView): Promise<void> {
  const key = location.hash.match(/^#\/(s\d+)/)?.[1];
  if (!shown && key !== undefined) listTop = scrollY;
  shown?.end();
  shown = undefined;
  const page = document.getElementById('page') as HTMLElement;
  if (key === undefined) {
    document.title = `domes · ${view.id}`;
    page.replaceChildren(overview(view));
    scrollTo(0, listTop);
    return;
  }
  try {
    const scenario = await scenarioOf(key);
    if (!scenario) throw new Error(`This report has no scenario ${key}.`);
    document.title = `${scenario.row.name} · domes`;
    const own = scenarioPage(scenario, view);
    shown = own;
    page.replaceChildren(own.element);
    own.begin();
  } catch (error) {
    page.replaceChildren(h('p', { class: 'card', role: 'alert' }, (error as Error).message));
  }
  scrollTo(0, 0);
  page.focus({ preventScroll: true });
}

applyTheme();
run.then((view) => {
  document.body.prepend(masthead());
  addEventListener('hashchange', () => void show(view));
  listenToKeys(view, () => shown);
  return show(view);
});
