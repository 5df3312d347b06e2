/**
 * The arguments by which a machine's time and chance do not come from the host. Time is counted in instructions; the
 * guest's date is always the same; what QEMU would draw at random comes from a seed.
 */
import { FIRMWARE_CONSOLE } from '../console/port.ts';
import { escapeCommas } from './comma.ts';
import type { MachineSpec } from './spec.ts';

/** Where a recorded machine keeps what can't be told from its spec. */
export interface RecordingArguments {
  /** `pinned`: its consoles are files as well, but nothing is recorded. */
  readonly mode: 'record' | 'replay' | 'pinned';
  /** The file that QEMU writes to, or reads from. */
  readonly file: string;
  /**
   * Path of a console's two ends: `PATH.in` is a FIFO, `PATH.out` an ordinary file. A file never makes QEMU wait: with
   * a pipe or a socket that is full, QEMU 7.2 writes again at a time that it does not record. Sockets did not even
   * replay their first lines reliably here on a busy host.
   */
  readonly consolePath: (console: string) => string;
  /** Of a replay: where its states are saved to, or what state it begins with. */
  readonly state?: ReplayState | undefined;
}

/** A qcow2 file that no device of the machine belongs to, for states of a replay (docs/system/replay.rst of QEMU). */
export interface ReplayState {
  readonly file: string;
  /** `load`: the replay begins with the state that is in it. */
  readonly use: 'save' | 'load';
}

/** The tag of a state in its file. */
export const SAVED_STATE = 'domes';

/** One instruction is 2^3 ns: 125 MIPS, about what TCG does on a present host. */
const SHIFT = 3;

/** The slots of a PC's own serial ports, which must stay empty: domes adds its ports itself. */
const SERIAL_SLOTS = 4;

/**
 * @param recording of a machine of determinism `recorded`
 */
export function determinismArguments(spec: MachineSpec, recording: RecordingArguments | undefined): string[] {
  if (spec.determinism === 'live') return [];
  const clock = ['-rtc', 'base=2024-01-01T00:00:00,clock=vm', '-seed', '1'];
  // Without sleep no time is lost where the guest is idle: its clock jumps to its next timer.
  if (spec.determinism === 'pinned')
    return ['-icount', `shift=${SHIFT},sleep=off`, ...clock, ...synchronousVirtio()];
  if (!isReplayable(recording)) return [];
  // With sleep=off QEMU records no input at all (softmmu/icount.c, icount_account_warp_timer).
  const { mode, file, state } = recording;
  const icount = `shift=${SHIFT},sleep=on,rr=${mode},rrfile=${escapeCommas(file)}`;
  const start = state?.use === 'load' ? `,rrsnapshot=${SAVED_STATE}` : '';
  return ['-icount', icount + start, ...clock, ...recordedConsoles(spec), ...stateFile(state)];
}

/**
 * A device does what the guest asks of it at that very instruction. Else QEMU's main loop does, when the host gets round
 * to it; only where it records does QEMU see to this itself (hw/virtio/virtio-pci.c, virtio_pci_realize). Two forks in a
 * hundred differed by a timer interrupt here.
 */
function synchronousVirtio(): string[] {
  const devices = ['virtio-serial-pci', 'virtio-blk-pci', 'virtio-net-pci'];
  return devices.flatMap((device) => ['-global', `${device}.ioeventfd=off`]);
}

/**
 * QEMU records a chardev only when `-serial` has named it (chardev/char.c, qemu_chr_new). Beyond the fourth there is
 * no port behind it, and the chardev is free for the device that it is meant for.
 */
function recordedConsoles({ consoles }: MachineSpec): string[] {
  const empty = Array<string[]>(SERIAL_SLOTS).fill(['-serial', 'none']).flat();
  const named = [FIRMWARE_CONSOLE, ...Object.keys(consoles)];
  return [...empty, ...named.flatMap((name) => ['-serial', `chardev:${name}`])];
}

function stateFile(state: ReplayState | undefined): string[] {
  return state ? ['-drive', `if=none,id=replay-state,format=qcow2,file=${escapeCommas(state.file)}`] : [];
}

/** Whether QEMU writes or reads a recording. */
export function isReplayable(recording: RecordingArguments | undefined): recording is RecordingArguments {
  return recording !== undefined && recording.mode !== 'pinned';
}

export function recordedChardev(console: string, { consolePath }: RecordingArguments): string[] {
  return ['-chardev', `pipe,id=${console},path=${escapeCommas(consolePath(console))}`];
}
