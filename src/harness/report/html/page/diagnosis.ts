/** Why it failed: the class, the cause, the line that proves it, the remedy, and how to see it again. */
import { printable, printableLine } from '../../../../printable.ts';
import type { MachineView, ScenarioRow, ScenarioView } from '../view.ts';
import type { LinePlace } from './consoles.ts';
import { h } from './element.ts';

type Finding = MachineView['findings'][number];

/** A finding, and on which machine; the one that decided first. */
export interface Found {
  readonly machine: number;
  readonly finding: Finding;
}

const WEIGHT = { fatal: 0, hard: 1, soft: 2, info: 3 } as const;

/** Findings that nobody wanted: the class that the test failed with first, then by weight and time. */
export function findingsOf({ machines, row }: ScenarioView): Found[] {
  const found = machines.flatMap(({ findings }, machine) =>
    findings.filter(({ expected }) => !expected).map((finding) => ({ machine, finding })),
  );
  const rank = ({ finding }: Found) => (finding.class === row.class ? -1 : WEIGHT[finding.severity]);
  return found.sort((a, b) => rank(a) - rank(b) || a.finding.evidence.atMs - b.finding.evidence.atMs);
}

export function diagnosis(
  scenario: ScenarioView,
  show: (place: LinePlace, atMs: number) => void,
): HTMLElement | undefined {
  const { row, troubles } = scenario;
  const isBad = row.state === 'failed' || row.state === 'errored';
  const [first, ...others] = troubles;
  const [found] = findingsOf(scenario);
  if (!isBad) return undefined;
  const [, ...rest] = findingsOf(scenario);
  return h(
    'section',
    { class: `diagnosis card ${row.state}`, 'aria-label': 'Diagnosis' },
    h('p', { class: 'class' }, row.class ?? row.state),
    h('h2', {}, found ? found.finding.cause : (first?.summary ?? row.summary ?? '')),
    found && evidence(scenario, found, show),
    h(
      'dl',
      { class: 'facts' },
      ...(found ? [h('dt', {}, 'Remedy'), h('dd', {}, found.finding.remedy)] : []),
      ...(row.known ? [h('dt', {}, 'Known'), h('dd', {}, ...knownFailure(row.known))] : []),
      ...scenario.replays.flatMap((command) => [h('dt', {}, 'Replay'), h('dd', {}, commandLine(command))]),
      h('dt', {}, 'Again'),
      h('dd', {}, commandLine(scenario.again)),
    ),
    first &&
      h(
        'details',
        found ? {} : { open: true },
        h('summary', {}, 'The whole message'),
        h('pre', {}, printable(first.text)),
      ),
    ...others.map(({ summary, text }) =>
      h('details', {}, h('summary', {}, 'Also: ', printableLine(summary)), h('pre', {}, printable(text))),
    ),
    rest.length > 0 &&
      h(
        'details',
        {},
        h('summary', {}, `${rest.length} more ${rest.length === 1 ? 'finding' : 'findings'}`),
        ...rest.map((one) => evidence(scenario, one, show)),
      ),
  );
}

function evidence(
  { machines }: ScenarioView,
  { machine, finding }: Found,
  show: (place: LinePlace, atMs: number) => void,
): HTMLElement {
  const { evidence, class: name } = finding;
  const { console, line, atMs, text } = evidence;
  const at = atMs + (machines[machine]?.sinceMs ?? 0);
  return h(
    'figure',
    { class: 'evidence' },
    h(
      'pre',
      {},
      ...around(machines[machine], finding),
      h(
        'strong',
        {},
        h('span', { class: 'time' }, (atMs / 1000).toFixed(3)),
        printableLine(text.replace(/[\r\n]+$/, '')),
      ),
    ),
    h(
      'figcaption',
      {},
      h('span', {}, `${name} · console ${console}, line ${line}`),
      h(
        'button',
        { type: 'button', class: 'go', onclick: () => show({ machine, console, line }, at) },
        'Show the moment',
      ),
    ),
  );
}

/** What the console printed just before, as far as the record has it. */
function around(machine: MachineView | undefined, { evidence }: Finding): HTMLElement[] {
  const tail = machine?.tails.find(({ console }) => console === evidence.console)?.lines ?? [];
  return tail
    .filter(
      ({ atMs, text }) =>
        atMs <= evidence.atMs && text.trim() !== '' && !evidence.text.startsWith(text.trimEnd()),
    )
    .slice(-3)
    .map(({ atMs, text }) =>
      h(
        'span',
        { class: 'before' },
        h('span', { class: 'time' }, (atMs / 1000).toFixed(3)),
        `${printableLine(text)}\n`,
      ),
    );
}

/** Where it is tracked; the list of known failures takes no other addresses than https:// and http://. */
function knownFailure({ tracker, snoozeUntil, isSnoozed }: NonNullable<ScenarioRow['known']>) {
  const until = isSnoozed ? `, snoozed until ${snoozeUntil}` : `, was snoozed until ${snoozeUntil}`;
  const link = /^https?:/.test(tracker)
    ? h('a', { href: tracker, rel: 'noreferrer' }, tracker)
    : printableLine(tracker);
  return [link, snoozeUntil === undefined ? '' : until];
}

function commandLine(command: string): HTMLElement {
  const copy = h(
    'button',
    { type: 'button', class: 'plain', title: 'Copy', 'aria-label': 'Copy the command' },
    'copy',
  );
  copy.addEventListener('click', () => {
    // Refused where the page has no permission: the text can be selected by hand.
    navigator.clipboard?.writeText(command).then(
      () => (copy.textContent = 'copied'),
      () => getSelection()?.selectAllChildren(code),
    );
  });
  const code = h('code', { class: 'command' }, command);
  return h('span', { class: 'again' }, code, copy);
}
