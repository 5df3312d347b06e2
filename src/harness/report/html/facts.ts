/** What a machine was and the host that it ran on, as names and values. */
import type { MachineRecord, RecordingRecord, ScenarioRecord } from '../record.ts';
import { seconds } from './seconds.ts';
import type { Fact } from './view.ts';

export function machineFacts(machine: MachineRecord, scenario: ScenarioRecord | undefined): Fact[] {
  const { host, accelerator, qemuVersion, image, startedAt, qemuCpuMs, ranMs, exit, restoredFrom } = machine;
  const facts: Fact[] = [
    ...(host === undefined ? [] : [['host', host] as const]),
    ['accelerator', accelerator],
    ['QEMU', qemuVersion],
    ['image', `${image.name} · ${image.digest}`],
    ['determinism', machine.determinism ?? 'live'],
    ['started', startedAt],
  ];
  if (machine.recording) facts.push(['recording', recordingText(machine.recording)]);
  if (machine.budgetsUnchecked !== undefined)
    facts.push(['budgets', `not checked: ${machine.budgetsUnchecked}`]);
  if (restoredFrom) {
    const { name, kind, takenAt, tookMs } = restoredFrom;
    facts.push(['restored', `${name} (${kind}, taken ${takenAt}) in ${seconds(tookMs)}`]);
  }
  for (const one of scenario?.checkpoints ?? [])
    if (one.machine === machine.name) facts.push(['checkpoint', checkpointText(one)]);
  for (const { console, text, why } of machine.harnessInputs ?? [])
    facts.push(['typed by domes', `${text} (${console}: ${why})`]);
  if (ranMs !== undefined) facts.push(['ran', seconds(ranMs)]);
  if (qemuCpuMs !== undefined) facts.push(['CPU of QEMU', seconds(qemuCpuMs)]);
  if (exit) facts.push(['ended', exitText(exit)]);
  return facts;
}

export function hostFacts({ host }: ScenarioRecord): Fact[] {
  return [
    ['CPUs', String(host.cpus)],
    ['load', `${host.loadBefore.toFixed(2)} before, ${host.loadAfter.toFixed(2)} after`],
    ['CPU of the harness', seconds(host.harnessCpuMs)],
    ['Node', host.node],
  ];
}

function exitText({ code, signal, byDomes, lost }: NonNullable<MachineRecord['exit']>): string {
  if (lost !== undefined) return lost;
  if (byDomes) return 'by domes, with the test';
  return signal ? `by itself: ${signal}` : `by itself, with exit status ${code}`;
}

function recordingText({ because, is, capsule, bytes }: RecordingRecord): string {
  const size = bytes === undefined ? '' : `, ${(bytes / 1e6).toFixed(1)} MB`;
  return `${is} (${because})${capsule ? `: ${capsule}${size}` : ''}`;
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
