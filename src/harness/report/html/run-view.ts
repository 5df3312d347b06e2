/** The overview of a run: which of its tests are scenarios, and what a row of the list shows. */
import { type HistoryLine, historyKey } from '../history.ts';
import { layerSpans } from '../layer-spans.ts';
import type { MachineRecord } from '../record.ts';
import type { RunRecord, TestRecord } from '../run.ts';
import type { RunView, ScenarioRow } from './view.ts';

/** Runs that a trend looks back. */
export const TREND_RUNS = 40;

/** A test that is listed, and the name of its data. */
export interface Listed {
  readonly key: string;
  readonly test: TestRecord;
  /** Its earlier runs, oldest first. */
  readonly earlier: readonly HistoryLine[];
}

/**
 * The tests that the page lists: those that had a machine or wanted one, those of the same Vitest projects, and
 * whatever went wrong elsewhere.
 */
export function listedTests(run: RunRecord, history: readonly HistoryLine[]): Listed[] {
  const projects = new Set(run.tests.filter(({ scenario }) => scenario).map(({ project }) => project));
  const earlier = new Map<string, HistoryLine[]>();
  for (const line of history) {
    if (line.run === run.id || line.at >= run.startedAt) continue;
    const key = historyKey(line.file, line.test);
    const lines = earlier.get(key);
    if (lines) lines.push(line);
    else earlier.set(key, [line]);
  }
  return run.tests
    .filter(({ project, state }) => projects.has(project) || state === 'failed' || state === 'errored')
    .map((test, index) => ({
      key: `s${index}`,
      test,
      earlier: (earlier.get(historyKey(test.file, test.name)) ?? []).slice(-TREND_RUNS),
    }));
}

export function runView(run: RunRecord, listed: readonly Listed[]): RunView {
  const shown = new Set(listed.map(({ test }) => test));
  const others = run.tests.filter((test) => !shown.has(test));
  const { domes, node, vitest, qemu } = run.versions;
  return {
    id: run.id,
    state: run.state,
    startedAt: run.startedAt,
    tookMs: Date.parse(run.endedAt) - Date.parse(run.startedAt),
    command: run.argv.join(' '),
    merged: run.merged,
    nightly: run.nightly,
    versions: [
      ['domes', domes],
      ['QEMU', qemu.map((version) => version.split(' ')[0]).join(', ') || 'none'],
      ['Node', node.replace(/^v/, '')],
      ['Vitest', vitest],
    ],
    scenarios: listed.map(scenarioRow),
    otherTests: {
      passed: others.filter(({ state }) => state === 'passed').length,
      skipped: others.filter(({ state }) => state === 'skipped').length,
    },
    troubles: run.troubles.map(({ name, trouble }) => ({ name, trouble })),
    files: [
      ['run.json', `runs/${run.id}/run.json`],
      ['trace.json', `runs/${run.id}/trace.json`],
      ['junit.xml', 'junit.xml'],
    ],
  };
}

export function scenarioRow({ key, test, earlier }: Listed): ScenarioRow {
  const { file, name, state, reason, troubles, tookMs, retries, scenario } = test;
  const [trouble] = state === 'failed' || state === 'errored' ? troubles : [];
  const [machine] = scenario?.machines ?? [];
  return {
    key,
    file,
    name,
    state,
    ...(reason !== undefined && { reason }),
    ...(trouble && { class: trouble.type, summary: causeOf(test, trouble.type) ?? trouble.summary }),
    ...(test.known && { known: test.known }),
    tookMs: Math.round(tookMs),
    retries,
    spans: machine ? layerSpans(machine.milestones, endOf(machine)) : [],
    earlierMs: earlier.flatMap((line) =>
      line.state === 'passed' && line.tookMs !== undefined ? [Math.round(line.tookMs)] : [],
    ),
  };
}

/** The cause that the diagnosis gives for a class; the message itself repeats the class. */
function causeOf({ scenario }: TestRecord, failureClass: string): string | undefined {
  const findings = (scenario?.machines ?? []).flatMap((machine) => machine.findings);
  return findings.find((finding) => finding.class === failureClass)?.cause;
}

/** When a machine ended, as far as it is known, ms since power-on. */
export function endOf({ ranMs, milestones, consoles }: MachineRecord): number {
  if (ranMs !== undefined) return ranMs;
  const last = consoles.map(({ tail }) => tail.at(-1)?.atMs ?? 0);
  return Math.max(1, ...last, ...milestones.map(({ atMs = 0 }) => atMs));
}
