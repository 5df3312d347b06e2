/** The first page: what the run was, and its scenarios. */

import { seconds } from '../seconds.ts';
import type { RunView, ScenarioRow } from '../view.ts';
import { fileLink, h } from './element.ts';
import { scenarioList } from './scenario-list.ts';
import { stateMark } from './state-mark.ts';

export function overview(run: RunView): HTMLElement {
  return h(
    'div',
    { class: 'overview' },
    h(
      'header',
      { class: 'title' },
      h('h1', {}, verdict(run)),
      h('p', { class: 'quiet' }, ...circumstances(run)),
    ),
    ...run.troubles.map(({ name, trouble }) =>
      h(
        'details',
        { class: 'trouble card' },
        h('summary', {}, stateMark('errored'), h('strong', {}, name), ' ', trouble.summary),
        h('pre', {}, trouble.text),
      ),
    ),
    scenarioList(run.scenarios),
    h('footer', { class: 'quiet' }, ...footer(run)),
  );
}

/** `1 of 12 scenarios failed`. */
function verdict({ scenarios, state }: RunView): string {
  const count = (...states: ScenarioRow['state'][]) =>
    scenarios.filter((one) => states.includes(one.state)).length;
  const total = scenarios.length;
  const what = total === 1 ? 'scenario' : 'scenarios';
  if (state === 'interrupted') return `Cancelled: ${count('passed')} of ${total} ${what} passed`;
  const parts = (['failed', 'errored'] as const).flatMap((one) =>
    count(one) ? [`${count(one)} ${one}`] : [],
  );
  if (parts.length > 0) return `${parts.join(', ')} of ${total} ${what}`;
  if (state === 'failed') return 'The run failed outside of its scenarios';
  const passed = count('passed');
  const flaky = scenarios.filter((one) => one.state === 'passed' && one.retries > 0).length;
  const again = flaky > 0 ? `, ${flaky} of them on a second try` : '';
  if (passed === total) return total === 1 ? 'The scenario passed' : `All ${total} scenarios passed${again}`;
  return `${passed} of ${total} ${what} passed${again}, ${total - passed} skipped`;
}

function circumstances(run: RunView): (string | HTMLElement)[] {
  const time = h('time', { datetime: run.startedAt }, new Date(run.startedAt).toLocaleString());
  const kinds = [run.nightly && 'nightly', run.merged && 'merged from several runs'].filter(Boolean);
  const parts = [
    ` · ${seconds(run.tookMs)}`,
    ...kinds.map((kind) => ` · ${kind}`),
    ...run.versions.map(([name, version]) => ` · ${name} ${version}`),
  ];
  return [time, ...parts];
}

function footer({ otherTests, files, command, id }: RunView): (string | HTMLElement)[] {
  const { passed, skipped } = otherTests;
  const others = [
    passed > 0 && `${passed} other ${passed === 1 ? 'test' : 'tests'} passed`,
    skipped > 0 && `${skipped} skipped`,
  ].filter(Boolean);
  return [
    h(
      'p',
      {},
      ...(others.length > 0 ? [`${others.join(', ')}. `] : []),
      'Run ',
      h('code', {}, id),
      ' by ',
      h('code', {}, command),
    ),
    h('p', {}, ...files.flatMap(([name, href]) => [fileLink(name, href), ' '])),
  ];
}
