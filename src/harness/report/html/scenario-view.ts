/** One scenario in full, as the page shows it. */
import type { HistoryLine } from '../history.ts';
import { layerSpans } from '../layer-spans.ts';
import type { MachineRecord, ScenarioRecord } from '../record.ts';
import { againLine, replayLines } from '../reproduce.ts';
import { hostFacts, machineFacts } from './facts.ts';
import { endOf, type Listed, scenarioRow } from './run-view.ts';
import type { CheckpointView, ConsoleView, MachineView, ScenarioView, TrendView } from './view.ts';

export interface MachineFiles {
  /** In the order of the record. */
  readonly consoles: readonly ConsoleView[];
  readonly screenshots: MachineView['screenshots'];
  readonly guestLogs: MachineView['guestLogs'];
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
    replays: replayLines(test),
    ...(scenario && { host: hostFacts(scenario) }),
    ...(Number.isFinite(first) && { startedAt: new Date(first).toISOString() }),
    machines: machines.map((machine, index) => ({
      ...machineView(machine, scenario),
      sinceMs: (powerOns[index] ?? first) - first,
      ...(files[index] ?? { consoles: [], screenshots: [], guestLogs: [] }),
    })),
    trends: machines.flatMap((machine) => trendsOf(machine, earlier)),
  };
}

/** When its clock was 0, ms since 1970: of a restored machine that is before its QEMU started. */
function powerOnOf({ startedAt, restoredFrom }: MachineRecord): number {
  return Date.parse(startedAt) - (restoredFrom?.atMs ?? 0);
}

function machineView(
  machine: MachineRecord,
  scenario: ScenarioRecord | undefined,
): Omit<MachineView, 'sinceMs' | keyof MachineFiles> {
  const { name, host, accelerator, qemuVersion, image, milestones, findings, cleanupTrouble, argv } = machine;
  const where = host === undefined ? '' : `on ${host} · `;
  const endMs = endOf(machine);
  return {
    name,
    // Mostly it has its image's name.
    summary: `${name} · ${where}${accelerator} · QEMU ${qemuVersion.split(' ')[0]}${image.name === name ? '' : ` · ${image.name}`}`,
    facts: machineFacts(machine, scenario),
    argv,
    endMs,
    milestones,
    spans: layerSpans(milestones, endMs),
    checkpoints: checkpointsOf(machine, scenario),
    findings,
    tails:
      findings.length > 0
        ? machine.consoles.map(({ name: console, tail }) => ({ console, lines: tail }))
        : [],
    requests: machine.requests ?? [],
    cleanupTrouble,
  };
}

/** The one that it was restored from, and those that it has come to since. */
function checkpointsOf(
  { name: machine, restoredFrom }: MachineRecord,
  scenario: ScenarioRecord | undefined,
): CheckpointView[] {
  const reached = (scenario?.checkpoints ?? []).flatMap((one) =>
    one.machine === machine && one.atMs !== undefined
      ? [{ name: one.name, atMs: one.atMs, restored: false }]
      : [],
  );
  const start = restoredFrom ? [{ name: restoredFrom.name, atMs: restoredFrom.atMs, restored: true }] : [];
  return [...start, ...reached];
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
        if (before?.determinism !== machine.determinism) return null;
        const same = before?.milestones.find((one) => one.name === name);
        return same?.tookMs === undefined ? null : Math.round(same.tookMs);
      }),
      tookMs === undefined ? null : Math.round(tookMs),
    ],
  }));
}
