/** A machine as data, for the run record. */
import type { Console } from '../../expect/console.ts';
import type { Image } from '../image/find-image.ts';
import type { ConsoleRecord, MachineRecord } from '../report/record.ts';
import type { Machine } from './machine.ts';

/** Lines of a console that the record keeps; the whole is in its log. */
const TAIL_LINES = 40;

/**
 * @param folder the machine's log folder, relative to the run's folder.
 */
export function machineRecord(
  machine: Machine,
  image: Image,
  folder: string,
  cleanupTrouble: string[],
): MachineRecord {
  const { cpuMs, exit, processes, qemuVersion, startedAt, ranMs, wasEnded } = machine.emulation;
  const { inputs } = machine.states;
  const { collected } = machine.guestLogs;
  const { taken } = machine.screenshots;
  return {
    name: machine.name,
    image: { name: image.name, digest: image.digest },
    ...(machine.host !== undefined && { host: machine.host }),
    accelerator: machine.spec.accelerator,
    qemuVersion,
    argv: processes.map(({ argv }) => [...argv]),
    startedAt: new Date(startedAt).toISOString(),
    ranMs,
    ...(machine.restoredFrom && { restoredFrom: machine.restoredFrom }),
    ...(machine.spec.determinism !== 'live' && { determinism: machine.spec.determinism }),
    ...(inputs.length > 0 && { harnessInputs: [...inputs] }),
    qemuCpuMs: cpuMs,
    ...(exit && { exit: { ...exit, ...(wasEnded && { byDomes: true as const }) } }),
    milestones: machine.milestones.records(),
    ...(machine.milestones.hasUncheckedBudgets && { budgetsUnchecked: machine.recordedBy }),
    findings: [...machine.diagnosis.findings],
    consoles: [...machine.consoles.values()].map((console) => consoleRecord(console, folder)),
    ...(taken.length > 0 && {
      screenshots: taken.map((one) => ({ ...one, file: `${folder}/${one.file}` })),
    }),
    ...(collected.length > 0 && {
      guestLogs: collected.map((log) => ({ ...log, file: `${folder}/${log.file}` })),
    }),
    ...(machine.spec.network !== 'none' && { requests: [...machine.http.requests] }),
    cleanupTrouble,
  };
}

function consoleRecord(console: Console, folder: string): ConsoleRecord {
  return {
    name: console.name,
    log: `${folder}/${console.name}.log`,
    bytes: console.transcript.rawBytes,
    typing: { ...console.typing },
    tail: console.transcript.tail(TAIL_LINES),
  };
}
