/** The list of scenarios: grouped by file, filtered by state and by words. Quick with hundreds of them. */

import { seconds } from '../seconds.ts';
import type { ScenarioRow } from '../view.ts';
import { domeIcon } from './dome-icon.ts';
import { h } from './element.ts';
import { sparkline } from './sparkline.ts';
import { STATES, type State, stateMark, tagsOf } from './state-mark.ts';

/** What the reader looked for stays when they come back from a scenario. */
const filter: { state: State | undefined; words: string } = { state: undefined, words: '' };

export function scenarioList(scenarios: readonly ScenarioRow[]): HTMLElement {
  const longestMs = Math.max(
    1,
    ...scenarios.map(({ spans }) => Math.max(0, ...spans.map(({ toMs }) => toMs))),
  );
  const rows = scenarios.map((scenario) => ({ scenario, element: rowOf(scenario, longestMs) }));
  const groups = groupsOf(rows);
  const none = h('p', { class: 'quiet none', role: 'status' }, 'No scenario fits.');

  const apply = () => {
    const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { scenario, element } of rows) {
      const fits =
        (!filter.state || scenario.state === filter.state) &&
        words.every((word) => textOf(scenario).includes(word));
      element.hidden = !fits;
      if (fits) shown++;
    }
    for (const { element, members } of groups) element.hidden = members.every((row) => row.hidden);
    none.hidden = shown > 0;
  };

  const search = h('input', {
    type: 'search',
    class: 'search',
    placeholder: 'Find a scenario  /',
    'aria-label': 'Find a scenario by name, file, failure class, or a word such as flaky',
    oninput: () => {
      filter.words = search.value;
      apply();
    },
  });
  search.value = filter.words;
  apply();
  return h(
    'section',
    { class: 'scenarios', 'aria-label': 'Scenarios' },
    h('div', { class: 'tools' }, stateFilter(scenarios, apply), search),
    ...groups.map(({ element }) => element),
    none,
  );
}

function stateFilter(scenarios: readonly ScenarioRow[], apply: () => void): HTMLElement {
  const choose = (state: State | undefined) => {
    filter.state = state;
    for (const button of buttons)
      button.setAttribute('aria-pressed', String(button.dataset.state === (state ?? '')));
    apply();
  };
  const button = (state: State | undefined, count: number) =>
    h(
      'button',
      {
        type: 'button',
        'data-state': state ?? '',
        'aria-pressed': String(filter.state === state),
        onclick: () => choose(state),
      },
      state ?? 'all',
      h('span', { class: 'count' }, count),
    );
  const counts = STATES.map(
    (state) => [state, scenarios.filter((one) => one.state === state).length] as const,
  );
  const buttons = [
    button(undefined, scenarios.length),
    ...counts.filter(([, count]) => count > 0).map(([state, count]) => button(state, count)),
  ];
  return h('div', { class: 'states', role: 'group', 'aria-label': 'Show only' }, ...buttons);
}

function groupsOf(
  rows: readonly { scenario: ScenarioRow; element: HTMLElement }[],
): { element: HTMLElement; members: HTMLElement[] }[] {
  const groups = new Map<string, HTMLElement[]>();
  for (const { scenario, element } of rows) {
    const members = groups.get(scenario.file);
    if (members) members.push(element);
    else groups.set(scenario.file, [element]);
  }
  return [...groups].map(([file, members]) => ({
    members,
    element: h('section', { class: 'group' }, h('h2', {}, file), h('div', { class: 'rows' }, ...members)),
  }));
}

function rowOf(scenario: ScenarioRow, longestMs: number): HTMLElement {
  const { key, name, state, tookMs, earlierMs, spans, reason, summary } = scenario;
  const why = state === 'skipped' ? reason : summary;
  return h(
    'a',
    { class: `row ${state}`, href: `#/${key}` },
    stateMark(state),
    h(
      'span',
      { class: 'name' },
      h('span', { class: 'what' }, name),
      ...tagsOf(scenario).map((tag) => h('span', { class: 'tag' }, tag)),
      scenario.class !== undefined && h('span', { class: 'class' }, scenario.class),
      why !== undefined && h('span', { class: 'why' }, why),
    ),
    spans.length > 0 ? domeIcon(spans, longestMs) : h('span', { class: 'dome-icon' }),
    state === 'passed' ? sparkline([...earlierMs, tookMs]) : h('span', { class: 'sparkline empty' }),
    h('span', { class: 'took' }, state === 'skipped' ? '' : seconds(tookMs)),
  );
}

const texts = new WeakMap<ScenarioRow, string>();

function textOf(scenario: ScenarioRow): string {
  let text = texts.get(scenario);
  if (text === undefined) {
    const { name, file, class: failureClass, summary, state } = scenario;
    text = [name, file, failureClass, summary, state, ...tagsOf(scenario)].join('\n').toLowerCase();
    texts.set(scenario, text);
  }
  return text;
}
