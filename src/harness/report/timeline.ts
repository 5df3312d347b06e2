/**
 * The timeline of each scenario for the terminal: which layer of the boot was reached when, how long it took, what
 * it was allowed. What a guest printed is escaped (terminal-row.ts).
 */
import { CANCELLED } from './collect-run.ts';
import { milestoneRows, timeText } from './milestone-rows.ts';
import type { MachineRecord, ScenarioRecord } from './record.ts';
import { againLine, replayLines } from './reproduce.ts';
import type { RunRecord, TestRecord, TroubleRecord } from './run.ts';
import { type Cell, type Terminal, terminalRow } from './terminal-row.ts';

/** Reasons that are not the test's own words. */
const NO_REASON = ['skipped', 'todo', CANCELLED];

/**
 * The lines of every test that has booted a machine, and of every scenario that says why it was skipped, an empty one
 * before each; none when there is no such test.
 */
export function timelineLines(run: RunRecord, terminal: Terminal): string[] {
  return run.tests.flatMap((test) => {
    const { scenario } = test;
    if (!scenario || scenario.machines.length === 0) return skippedLines(test, terminal);
    const rows = [
      headline(test),
      ...scenario.machines.flatMap((machine) => [
        machineRow(machine),
        ...milestoneRows(machine.milestones, terminal.columns),
        ...budgetRows(machine),
      ]),
      ...checkpointRows(scenario),
      effortRow(scenario),
      ...troubleRows(test, scenario),
    ];
    return [
      '',
      ...rows.map((cells) => terminalRow(cells, terminal)),
      ...pathLines(test, run.folder, terminal),
    ];
  });
}

/** The reason stands whole: it has the command that helps. */
function skippedLines({ file, name, state, reason }: TestRecord, terminal: Terminal): string[] {
  if (state !== 'skipped' || reason === undefined || NO_REASON.includes(reason)) return [];
  if (!file.startsWith('scenarios/')) return [];
  const head: Cell[] = [' ', ['↓', 'dim'], ' ', [`${file} › `, 'dim'], [name, 'bold']];
  const whole = { ...terminal, columns: Number.POSITIVE_INFINITY };
  return ['', terminalRow(head, terminal), terminalRow(['   skipped: ', reason], whole)];
}

function headline({ file, name, state, tookMs, retries }: TestRecord): Cell[] {
  const mark: Cell = state === 'passed' ? ['✓', 'green'] : state === 'skipped' ? ['↓', 'dim'] : ['✗', 'red'];
  // Only trouble of the host is tried again: what passes then is flaky, and not because of the guest.
  const word = state === 'passed' ? 'flaky, retry' : 'retry';
  const again: Cell[] = retries > 0 ? [[` (${word} ×${retries})`, 'yellow']] : [];
  // The duration first: names of tests are sentences, and it is their end that is cut off.
  return [' ', mark, ` ${timeText(tookMs)}`, ...again, '  ', [`${file} › `, 'dim'], [name, 'bold']];
}

function machineRow({ name, host, accelerator, qemuVersion, image, restoredFrom }: MachineRecord): Cell[] {
  // Distributions append their package's version: `7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)`.
  const [version] = qemuVersion.split(' ');
  const from = restoredFrom
    ? ` · restored from ${restoredFrom.name} in ${timeText(restoredFrom.tookMs)}, at ${timeText(restoredFrom.atMs)}`
    : '';
  const where = host === undefined ? '' : ` · on ${host}`;
  return ['   ▸ ', name, [`${where} · ${accelerator} · QEMU ${version} · ${image.name}${from}`, 'dim']];
}

/** What is to be known of the budgets: that they are of another time than the times beside them, or count for nothing. */
function budgetRows({ milestones, budgetsUnchecked }: MachineRecord): Cell[][] {
  if (budgetsUnchecked !== undefined)
    return [['     ', ['budgets not checked', 'yellow'], [`: ${budgetsUnchecked}`, 'dim']]];
  const ofVirtualTime = milestones.findLast(
    ({ budgetMs, virtualMs }) => budgetMs !== undefined && virtualMs !== undefined,
  );
  if (!ofVirtualTime) return [];
  const { name, virtualMs = 0 } = ofVirtualTime;
  return [['     ', [`budgets are of virtual time: ${name} at ${timeText(virtualMs)}`, 'dim']]];
}

/** What was done for each checkpoint, and why: restored, or executed again. */
function checkpointRows({ checkpoints = [], machines }: ScenarioRecord): Cell[][] {
  return checkpoints.map(({ name, machine, did, because, tookMs, waitedMs, savedMs, notSaved }) => {
    const whose = machines.length > 1 ? ` (${machine})` : '';
    const parts = [
      `${name}${whose} ${did} ${timeText(tookMs)}`,
      ...(waitedMs === undefined ? [] : [`waited for it ${timeText(waitedMs)}`]),
      ...(savedMs === undefined ? [] : [`saved ${timeText(savedMs)}`]),
      ...(notSaved === undefined ? [] : [`not saved: ${notSaved}`]),
    ];
    const why = because === undefined ? '' : `, because ${because}`;
    return ['     ', ['checkpoint ', 'dim'], `${parts.join(', ')}${why}`];
  });
}

/** What the boot cost, and the load that explains a slow one. */
function effortRow({ host, machines }: ScenarioRecord): Cell[] {
  const typing = machines.flatMap(({ consoles }) => consoles.map((console) => console.typing));
  const parts = [
    `CPU QEMU ${timeText(sum(machines.map(({ qemuCpuMs = 0 }) => qemuCpuMs)))}, harness ${timeText(host.harnessCpuMs)}`,
    `typed ${sum(typing.map(({ sent }) => sent))}, again ${sum(typing.map(({ retyped }) => retyped))}`,
    `load ${host.loadBefore.toFixed(1)} → ${host.loadAfter.toFixed(1)} on ${host.cpus} CPUs`,
  ];
  return ['     ', [parts.join(' · '), 'dim']];
}

/** What decided, for a test that did not pass; trouble while cleaning up, always. */
function troubleRows(
  { state, troubles: [first], known }: TestRecord,
  { machines }: ScenarioRecord,
): Cell[][] {
  const cleanup = machines.flatMap(({ name, cleanupTrouble }) =>
    cleanupTrouble.map((trouble): Cell[] => ['     ', [`cleaning up ${name}: ${trouble}`, 'yellow']]),
  );
  if (!isBad(state)) return cleanup;
  const snoozed = known?.isSnoozed ? `, snoozed until ${known.snoozeUntil}` : '';
  return [
    ['     ', [state, 'red'], ...(first ? [` ${reasonOf(first)}`] : [])],
    ...(known ? [['     ', ['known', 'yellow'], ` ${known.tracker}${snoozed}`] satisfies Cell[]] : []),
    ...cleanup,
  ];
}

/** The summary of a known failure begins with its class. */
function reasonOf({ type, summary }: TroubleRecord): string {
  return summary.startsWith(`${type}: `) ? summary : `${type}: ${summary}`;
}

/**
 * Where the whole logs of a test that did not pass are, its screens, and what shows it again; of one that did, what
 * replays it. Never cut: these are there to be copied.
 */
function pathLines(test: TestRecord, runFolder: string, { colour }: Terminal): string[] {
  const { state, scenario } = test;
  if (!scenario) return [];
  const whole = { colour, columns: Number.POSITIVE_INFINITY };
  // A test that has passed has a recording as well, where every one is kept.
  const kept = replayLines(test).map((line): Cell[] => ['     ', ['replay', 'dim'], ` ${line}`]);
  if (!isBad(state)) return kept.map((row) => terminalRow(row, whole));
  const screens = scenario.machines.flatMap(({ screenshots = [] }) => screenshots);
  const rows: Cell[][] = [
    ['     ', ['logs', 'dim'], ` ${scenario.folder}/`],
    ...screens.map(({ file }): Cell[] => ['     ', ['screen', 'dim'], ` ${runFolder}/${file}`]),
    ...[...replayLines(test), againLine(test)].map((line): Cell[] => ['     ', ['again', 'dim'], ` ${line}`]),
  ];
  return rows.map((row) => terminalRow(row, whole));
}

function isBad(state: TestRecord['state']): boolean {
  return state === 'failed' || state === 'errored';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
