/** One scenario in full, as the page shows it. */
import type { HistoryLine } from '../history.ts';
import { layerSpans } from '../layer-spans.ts';
import type { MachineRecord, ScenarioRecord } from '../record.ts';
import type { TestRecord } from '../run.ts';
import { endOf, type Listed, scenarioRow } from './run-view.ts';
import { seconds } from './seconds.ts';
import type { CheckpointView, ConsoleView, Fact, MachineView, ScenarioView, TrendView } from './view.ts';

export interface MachineFiles {
  /** In the order of the record. */
  readonly consoles: readonly ConsoleView[];
  readonly screenshots: MachineView['screenshots'];
}

/** @param files what the page has of each machine, in their order. */
export function scenarioView(listed: Listed, files: readonly MachineFiles[]): ScenarioView {
  const { test, earlier } = listed;
  const { scenario } = test;
  const machines = scenario?.machines ?? [];
  const powerOns = machines.map(powerOnOf);
  const first = Math.min(...powerOns);
  return {
    row: scenarioRow(listed),
    troubles: test.troubles,
    again: againLine(test),
    ...(scenario && { host: hostFacts(scenario) }),
    ...(Number.isFinite(first) && { startedAt: new Date(first).toISOString() }),
    machines: machines.map((machine, index) => ({
      ...machineView(machine, scenario),
      sinceMs: (powerOns[index] ?? first) - first,
      ...(files[index] ?? { consoles: [], screenshots: [] }),
    })),
    trends: machines.flatMap((machine) => trendsOf(machine, earlier)),
  };
}

/** The command that runs this test alone, for a POSIX shell. */
export function againLine({ file, name }: TestRecord): string {
  // Vitest takes -t as a regular expression, and joins the names of suites by a space.
  const pattern = name.replace(/ > /g, ' ').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return `npx vitest run ${quoted(file)} -t ${quoted(pattern)}`;
}

function quoted(text: string): string {
  return /^[\w./@-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

/** When its clock was 0, ms since 1970: of a restored machine that is before its QEMU started. */
function powerOnOf({ startedAt, restoredFrom }: MachineRecord): number {
  return Date.parse(startedAt) - (restoredFrom?.atMs ?? 0);
}

function machineView(
  machine: MachineRecord,
  scenario: ScenarioRecord | undefined,
): Omit<MachineView, 'sinceMs' | keyof MachineFiles> {
  const { name, accelerator, qemuVersion, image, milestones, findings, cleanupTrouble, argv } = machine;
  const endMs = endOf(machine);
  return {
    name,
    summary: `${name} · ${accelerator} · QEMU ${qemuVersion.split(' ')[0]} · ${image.name}`,
    facts: machineFacts(machine, scenario),
    argv,
    endMs,
    milestones,
    spans: layerSpans(milestones, endMs),
    checkpoints: checkpointsOf(machine),
    findings,
    tails:
      findings.length > 0
        ? machine.consoles.map(({ name: console, tail }) => ({ console, lines: tail }))
        : [],
    cleanupTrouble,
  };
}

function checkpointsOf({ restoredFrom }: MachineRecord): CheckpointView[] {
  return restoredFrom ? [{ name: restoredFrom.name, atMs: restoredFrom.atMs, restored: true }] : [];
}

function machineFacts(machine: MachineRecord, scenario: ScenarioRecord | undefined): Fact[] {
  const { accelerator, qemuVersion, image, startedAt, qemuCpuMs, ranMs, exit, restoredFrom } = machine;
  const facts: Fact[] = [
    ['accelerator', accelerator],
    ['QEMU', qemuVersion],
    ['image', `${image.name} · ${image.digest}`],
    ['started', startedAt],
  ];
  if (restoredFrom) {
    const { name, kind, takenAt, tookMs } = restoredFrom;
    facts.push(['restored', `${name} (${kind}, taken ${takenAt}) in ${seconds(tookMs)}`]);
  }
  for (const one of scenario?.checkpoints ?? [])
    if (one.machine === machine.name) facts.push(['checkpoint', checkpointText(one)]);
  if (ranMs !== undefined) facts.push(['ran', seconds(ranMs)]);
  if (qemuCpuMs !== undefined) facts.push(['CPU of QEMU', seconds(qemuCpuMs)]);
  if (exit) facts.push(['ended', exit.signal ? `by ${exit.signal}` : `with exit status ${exit.code}`]);
  return facts;
}

function checkpointText({
  name,
  did,
  because,
  tookMs,
  savedMs,
  notSaved,
}: NonNullable<ScenarioRecord['checkpoints']>[number]): string {
  const parts = [
    `${name}: ${did} in ${seconds(tookMs)}`,
    because && `because ${because}`,
    savedMs !== undefined && `saved in ${seconds(savedMs)}`,
    notSaved && `not saved: ${notSaved}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function hostFacts({ host }: ScenarioRecord): Fact[] {
  return [
    ['CPUs', String(host.cpus)],
    ['load', `${host.loadBefore.toFixed(2)} before, ${host.loadAfter.toFixed(2)} after`],
    ['CPU of the harness', seconds(host.harnessCpuMs)],
    ['Node', host.node],
  ];
}

/** For each milestone of a machine its durations: those of earlier runs that passed, then this run's. */
function trendsOf(machine: MachineRecord, earlier: readonly HistoryLine[]): TrendView[] {
  const passed = earlier.filter(({ state }) => state === 'passed');
  return machine.milestones.map(({ name, stage, tookMs }) => ({
    machine: machine.name,
    name,
    stage,
    tookMs: [
      ...passed.map((line) => {
        const before = line.machines.find((one) => one.name === machine.name);
        const same = before?.milestones.find((one) => one.name === name);
        return same?.tookMs === undefined ? null : Math.round(same.tookMs);
      }),
      tookMs === undefined ? null : Math.round(tookMs),
    ],
  }));
}
