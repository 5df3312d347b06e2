/**
 * The timeline of each scenario for the terminal: which layer of the boot was reached when, how long it took, what
 * it was allowed. What a guest printed is escaped (terminal-row.ts).
 */
import { milestoneRows, timeText } from './milestone-rows.ts';
import type { MachineRecord, ScenarioRecord } from './record.ts';
import type { RunRecord, TestRecord } from './run.ts';
import { type Cell, type Terminal, terminalRow } from './terminal-row.ts';

/** The lines of every test that has booted a machine, an empty one before each; none when no test has. */
export function timelineLines(run: RunRecord, terminal: Terminal): string[] {
  return run.tests.flatMap((test) => {
    const { scenario } = test;
    if (!scenario || scenario.machines.length === 0) return [];
    const rows = [
      headline(test),
      ...scenario.machines.flatMap((machine) => [
        machineRow(machine),
        ...milestoneRows(machine.milestones, terminal.columns),
      ]),
      effortRow(scenario),
      ...troubleRows(test, scenario),
    ];
    return [
      '',
      ...rows.map((cells) => terminalRow(cells, terminal)),
      ...logLines(test, run.folder, terminal),
    ];
  });
}

function headline({ file, name, state, tookMs, retries }: TestRecord): Cell[] {
  const mark: Cell = state === 'passed' ? ['✓', 'green'] : state === 'skipped' ? ['↓', 'dim'] : ['✗', 'red'];
  const again: Cell[] = retries > 0 ? [[` (retry ×${retries})`, 'yellow']] : [];
  return [' ', mark, ' ', [`${file} › `, 'dim'], [name, 'bold'], `  ${timeText(tookMs)}`, ...again];
}

function machineRow({ name, accelerator, qemuVersion, image }: MachineRecord): Cell[] {
  return ['   ▸ ', name, [` · ${accelerator} · QEMU ${qemuVersion} · ${image.name}`, 'dim']];
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
function troubleRows({ state, troubles: [first] }: TestRecord, { machines }: ScenarioRecord): Cell[][] {
  const cleanup = machines.flatMap(({ name, cleanupTrouble }) =>
    cleanupTrouble.map((trouble): Cell[] => ['     ', [`cleaning up ${name}: ${trouble}`, 'yellow']]),
  );
  if (!isBad(state)) return cleanup;
  return [['     ', [state, 'red'], ...(first ? [` ${first.type}: ${first.summary}`] : [])], ...cleanup];
}

/** Where the whole logs of a test that did not pass are. Never cut: a path is there to be copied. */
function logLines({ state, scenario }: TestRecord, folder: string, { colour }: Terminal): string[] {
  if (!isBad(state)) return [];
  const consoles = (scenario?.machines ?? []).flatMap((machine) => machine.consoles);
  return consoles.map(({ log }) =>
    terminalRow(['     ', [`${folder}/${log}`, 'dim']], { colour, columns: Number.POSITIVE_INFINITY }),
  );
}

function isBad(state: TestRecord['state']): boolean {
  return state === 'failed' || state === 'errored';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
