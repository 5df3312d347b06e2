/**
 * For GitHub Actions: the run as a step summary in Markdown, and an annotation for each test that went wrong, with what
 * the diagnosis knows. What guests printed is escaped for each of the two.
 */
import { appendFileSync } from 'node:fs';
import { printable, printableLine } from '../../../printable.ts';
import { seconds } from '../html/seconds.ts';
import { againLine, replayLines } from '../reproduce.ts';
import type { KnownFailure, RunRecord, TestRecord } from '../run.ts';

const SIGN = { passed: '✅', failed: '❌', errored: '⚠️', skipped: '⏭️' } as const;

/** A step's summary may have 1 MiB; the list ends well before that. */
const MOST_ROWS = 400;

/** Writes both where the run is one of GitHub Actions; elsewhere nothing. @throws the file system's own error. */
export function tellGithub(run: RunRecord, env: NodeJS.ProcessEnv): void {
  if (env.GITHUB_ACTIONS !== 'true') return;
  const summary = stepSummary(run);
  if (env.GITHUB_STEP_SUMMARY && summary) appendFileSync(env.GITHUB_STEP_SUMMARY, `${summary}\n`);
  for (const line of annotations(run)) process.stdout.write(`${line}\n`);
}

/** The summary, as Markdown; empty for a run without scenarios. */
export function stepSummary(run: RunRecord): string {
  const scenarios = run.tests.filter(({ scenario, state }) => scenario || isBad(state));
  if (scenarios.length === 0) return '';
  const rows = scenarios.slice(0, MOST_ROWS).map(row);
  const more = scenarios.length - rows.length;
  return [
    `### domes: ${count(scenarios, 'passed')} of ${scenarios.length} scenarios passed`,
    '',
    '| | Scenario | Boot | Took |',
    '|---|---|---|---:|',
    ...rows,
    ...(more > 0 ? ['', `and ${more} more`] : []),
    ...scenarios
      .filter(({ state }) => isBad(state))
      .slice(0, 20)
      .flatMap(details),
    '',
  ].join('\n');
}

/** Workflow commands, one a line; see "Workflow commands for GitHub Actions". */
export function annotations(run: RunRecord): string[] {
  return run.tests
    .filter(({ state }) => isBad(state))
    .flatMap((test) => {
      const [trouble] = test.troubles;
      if (!trouble) return [];
      const [finding] = unexpected(test);
      const line = trouble.text.match(/^ {2}at (\S+?):(\d+):\d+$/m);
      const place = line
        ? { file: line[1] ?? test.file, line: line[2] ?? '1' }
        : { file: test.file, line: '1' };
      const message = [
        finding ? `${finding.cause}\n${finding.evidence.text.trim()}\n${finding.remedy}` : trouble.summary,
        ...(test.known ? [`known: ${knownText(test.known)}`] : []),
      ].join('\n');
      const properties = Object.entries({ ...place, title: `${trouble.type}: ${test.name}` });
      // Nobody needs to look at a snoozed one.
      const command = test.known?.isSnoozed ? 'warning' : 'error';
      return [
        `::${command} ${properties.map(([name, value]) => `${name}=${property(value)}`).join(',')}::${data(message)}`,
      ];
    });
}

function row(test: TestRecord): string {
  const [machine] = test.scenario?.machines ?? [];
  const reached = (machine?.milestones ?? []).map(({ name, atMs }) =>
    atMs === undefined ? `${html(name)} ✗` : `${html(name)} ${seconds(atMs)}`,
  );
  const [trouble] = isBad(test.state) ? test.troubles : [];
  const why = trouble ? `<br><code>${html(trouble.type)}</code>` : '';
  const known = test.known
    ? `<br>known: <a href="${html(test.known.tracker)}">${html(knownText(test.known))}</a>`
    : '';
  const flaky = test.state === 'passed' && test.retries > 0 ? `<br>flaky, retried ×${test.retries}` : '';
  return `| ${SIGN[test.state]} | ${html(test.name)}${why}${known}${flaky} | ${reached.join(' · ')} | ${seconds(test.tookMs)} |`;
}

function details(test: TestRecord): string[] {
  const [trouble] = test.troubles;
  const [finding] = unexpected(test);
  const lines = [finding?.cause, finding?.remedy && `Remedy: ${finding.remedy}`].filter(
    (one) => one !== undefined,
  );
  const [command = againLine(test)] = replayLines(test);
  // <pre> and not a fence: a guest may print any number of backticks.
  const text = block((trouble?.text ?? '').slice(0, 8_000));
  return [
    '',
    `<details><summary>${html(test.name)}: <code>${html(trouble?.type ?? test.state)}</code></summary>`,
    '',
    ...lines.map((line) => `<p>${html(line)}</p>`),
    `<p>Again: <code>${html(command)}</code></p>`,
    // An empty line would end the HTML block, and what follows would be Markdown.
    `<pre>${text.replace(/\n/g, '&#10;')}</pre>`,
    '</details>',
  ];
}

function knownText({ tracker, snoozeUntil, isSnoozed }: KnownFailure): string {
  return isSnoozed ? `${tracker}, snoozed until ${snoozeUntil}` : tracker;
}

function unexpected({ scenario, troubles: [trouble] }: TestRecord) {
  const findings = (scenario?.machines ?? [])
    .flatMap((machine) => machine.findings)
    .filter(({ expected }) => !expected);
  return findings.sort((a, b) => Number(b.class === trouble?.type) - Number(a.class === trouble?.type));
}

function isBad(state: TestRecord['state']): boolean {
  return state === 'failed' || state === 'errored';
}

function count(tests: readonly TestRecord[], state: TestRecord['state']): number {
  return tests.filter((test) => test.state === state).length;
}

/** One line of text without markup of either kind, for a cell of a Markdown table too. */
function html(text: string): string {
  return block(printableLine(text));
}

function block(text: string): string {
  return printable(text).replace(
    /[&<>"'|\\`*_{}[\]()#+!~@:$-]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

function data(text: string): string {
  return printable(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function property(text: string): string {
  return data(printableLine(text)).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
