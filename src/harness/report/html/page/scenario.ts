/** The page of one scenario. */
import { median } from '../../median.ts';
import { seconds } from '../seconds.ts';
import type { RunView, ScenarioView } from '../view.ts';
import { Clock } from './clock.ts';
import { Consoles, type LinePlace } from './consoles.ts';
import { diagnosis, findingsOf } from './diagnosis.ts';
import { h } from './element.ts';
import { factsSection } from './facts.ts';
import { milestoneTable } from './milestone-table.ts';
import { screenshotSection } from './screenshots.ts';
import { sparkline } from './sparkline.ts';
import { stateMark, tagsOf } from './state-mark.ts';
import { Timeline } from './timeline.ts';
import { marksOf, nextMark, transport } from './transport.ts';

export interface ScenarioPage {
  /** Key of the scenario. */
  readonly scenario: string;
  readonly element: HTMLElement;
  /** Called once the element is in the document. */
  begin(): void;
  end(): void;
  /** A key was pressed; true when it meant something. */
  key(key: string, shift: boolean): boolean;
}

export function scenarioPage(scenario: ScenarioView, run: RunView): ScenarioPage {
  const { machines, row, trends } = scenario;
  const clock = new Clock(Math.max(1, ...machines.map(({ sinceMs, endMs }) => sinceMs + endMs)));
  const marks = marksOf(scenario);
  const consoles = new Consoles(scenario, clock);
  const timelines = machines.map((machine) => new Timeline(machine, clock));
  const bar = transport(clock, marks);
  const goTo = (place: LinePlace, atMs: number, look = true) => {
    clock.pause();
    clock.seek(atMs);
    consoles.showLine(place, look);
  };
  const toFailure = (look: boolean) => {
    const [found] = findingsOf(scenario);
    if (!found) return clock.seek(clock.endMs);
    const { console, line, atMs } = found.finding.evidence;
    goTo({ machine: found.machine, console, line }, atMs + (machines[found.machine]?.sinceMs ?? 0), look);
  };
  const keys: Record<string, (shift: boolean) => void> = {
    ' ': () => clock.toggle(),
    ArrowLeft: (shift) => clock.seek(clock.atMs - (shift ? 10_000 : 1_000)),
    ArrowRight: (shift) => clock.seek(clock.atMs + (shift ? 10_000 : 1_000)),
    '[': () => clock.seek(nextMark(marks, clock.atMs, -1)?.atMs ?? 0),
    ']': () => clock.seek(nextMark(marks, clock.atMs, 1)?.atMs ?? clock.endMs),
    f: () => toFailure(true),
    t: () => consoles.toggleMode(),
  };
  const element = h(
    'div',
    { class: 'scenario' },
    heading(scenario, run),
    diagnosis(scenario, goTo),
    machines.length === 0 && h('p', { class: 'quiet card' }, row.reason ?? 'No machine was started.'),
    ...machines.map((machine, index) =>
      h(
        'section',
        { class: 'boot', 'aria-label': `Boot of ${machine.name}` },
        h(
          'div',
          { class: 'section-head' },
          h('h2', {}, 'The boot'),
          h('span', { class: 'quiet' }, machine.summary),
        ),
        timelines[index]?.element,
        milestoneTable(machine, trends, clock),
      ),
    ),
    machines.length > 0 && consoles.element,
    screenshotSection(scenario, clock),
    machines.length > 0 && factsSection(scenario),
    machines.length > 0 && bar.element,
  );
  return {
    scenario: row.key,
    element,
    begin: () => toFailure(false),
    end: () => {
      clock.pause();
      consoles.end();
      bar.end();
      for (const timeline of timelines) timeline.end();
    },
    key: (key, shift) => {
      keys[key]?.(shift);
      return key in keys;
    },
  };
}

function heading({ row }: ScenarioView, { scenarios }: RunView): HTMLElement {
  const { state, name, file, tookMs, earlierMs } = row;
  const index = scenarios.findIndex(({ key }) => key === row.key);
  const [before, after] = [scenarios[index - 1], scenarios[index + 1]];
  return h(
    'header',
    { class: 'title' },
    h(
      'p',
      { class: 'crumbs' },
      h('a', { href: '#/' }, '← All scenarios'),
      h(
        'span',
        { class: 'neighbours' },
        before && h('a', { href: `#/${before.key}`, title: before.name }, '‹ before'),
        after && h('a', { href: `#/${after.key}`, title: after.name }, 'next ›'),
      ),
    ),
    h('h1', {}, stateMark(state), name),
    h(
      'p',
      { class: 'quiet' },
      h('code', {}, file),
      ' · ',
      h('span', { class: 'nowrap' }, `${state} in ${seconds(tookMs)}`),
      comparison(tookMs, earlierMs),
      ...tagsOf(row).map((tag) => ` · ${tag}`),
      ' ',
      sparkline([...earlierMs, tookMs]),
    ),
  );
}

/** How the duration compares with what is usual; nothing with too few runs to say. */
function comparison(tookMs: number, earlierMs: readonly number[]): string {
  const usual = median(earlierMs);
  if (usual === undefined || earlierMs.length < 3) return '';
  const percent = Math.round((tookMs / usual - 1) * 100);
  return percent === 0
    ? ', as usual'
    : `, ${Math.abs(percent)} % ${percent > 0 ? 'more' : 'less'} than usual`;
}
