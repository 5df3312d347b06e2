/** The scenario record as a flat list of names and values: JUnit's `<properties>`. */
import type { MachineRecord, ScenarioRecord } from './record.ts';
import type { TestRecord } from './run.ts';

export type Property = readonly [name: string, value: string | number];

/**
 * Times are in ms, as the names say. The properties of the first machine have plain names
 * (`milestone.hypervisor.atMs`), those of every other one are led by its name (`second.milestone.…`), so that a
 * second machine does not rename what a dashboard reads.
 */
export function propertiesOf(test: Partial<TestRecord>): Property[] {
  const { state, retries = 0, troubles = [], known: tracked, scenario } = test;
  const [trouble] = state === 'failed' || state === 'errored' ? troubles : [];
  return [
    ...(retries > 0 ? [['retries', retries] as const] : []),
    ...(trouble ? [['failure.class', trouble.type] as const] : []),
    ...(trouble?.code ? [['failure.code', trouble.code] as const] : []),
    ...(trouble?.blame ? [['failure.blame', trouble.blame] as const] : []),
    ...(tracked ? [['failure.known', tracked.tracker] as const] : []),
    ...(tracked?.isSnoozed ? [['failure.snoozedUntil', tracked.snoozeUntil ?? ''] as const] : []),
    ...(scenario ? scenarioProperties(scenario) : []),
  ];
}

function scenarioProperties({ folder, host, machines, checkpoints = [] }: ScenarioRecord): Property[] {
  return [
    ['folder', folder],
    ['host.cpus', host.cpus],
    ['host.loadBefore', host.loadBefore],
    ['host.loadAfter', host.loadAfter],
    ['harness.cpuMs', host.harnessCpuMs],
    ...machines.flatMap((machine, index) =>
      machineProperties(machine).map(
        ([name, value]): Property => [index === 0 ? name : `${machine.name}.${name}`, value],
      ),
    ),
    ...checkpoints.flatMap(({ name, machine, did, because, tookMs }): Property[] => [
      [`checkpoint.${name}.${machine}`, because === undefined ? did : `${did} because ${because}`],
      [`checkpoint.${name}.${machine}.tookMs`, tookMs],
    ]),
  ];
}

function machineProperties(machine: MachineRecord): Property[] {
  return [
    ['machine', machine.name],
    ...(machine.host === undefined ? [] : [['machine.host', machine.host] as const]),
    ['accelerator', machine.accelerator],
    ['qemu.version', machine.qemuVersion],
    ...known('qemu.cpuMs', machine.qemuCpuMs),
    ['image.name', machine.image.name],
    ['image.digest', machine.image.digest],
    ...known('machine.ranMs', machine.ranMs),
    ...(machine.restoredFrom ? [['restored.from', machine.restoredFrom.name] as const] : []),
    ...known('restored.atMs', machine.restoredFrom?.atMs),
    ...known('restored.tookMs', machine.restoredFrom?.tookMs),
    ...(machine.determinism ? [['determinism', machine.determinism] as const] : []),
    ...(machine.budgetsUnchecked ? [['budgets.unchecked', machine.budgetsUnchecked] as const] : []),
    ...machine.milestones.flatMap((milestone): Property[] => {
      const name = `milestone.${milestone.name}`;
      return [
        [`${name}.stage`, milestone.stage],
        ...known(`${name}.atMs`, milestone.atMs),
        ...known(`${name}.hostWaitMs`, milestone.hostWaitMs),
        ...known(`${name}.tookMs`, milestone.tookMs),
        ...known(`${name}.virtualMs`, milestone.virtualMs),
        ...known(`${name}.budgetMs`, milestone.budgetMs),
      ];
    }),
    ...machine.findings.map(
      ({ class: name, severity, expected, evidence }): Property => [
        `finding.${name}`,
        `${expected ? 'expected, ' : ''}${severity}, ${evidence.console}:${evidence.line}`,
      ],
    ),
    ...machine.consoles.flatMap((console): Property[] => [
      [`console.${console.name}.log`, console.log],
      [`console.${console.name}.retyped`, console.typing.retyped],
    ]),
  ];
}

function known(name: string, value: number | undefined): Property[] {
  return value === undefined ? [] : [[name, value]];
}
