/**
 * Machine spec → QEMU's argument vector. A pure function: the same spec gives the same arguments, and a test can
 * read them. FACTS about speed are measured by `npm run bench`; see recipes/slim-dom0/NOTES.md.
 */
import {
  CHANNEL_PORTS,
  type ConsolePort,
  channelNumber,
  FIRMWARE_CONSOLE,
  SERIAL_PORTS,
  type SerialPort,
  VIRTIO_PORTS,
} from '../console/port.ts';
import { escapeCommas } from './comma.ts';
import {
  determinismArguments,
  isReplayable,
  type RecordingArguments,
  recordedChardev,
} from './determinism.ts';
import { diskArguments } from './disk-arguments.ts';
import type { MachineSpec } from './spec.ts';
import type { Wires } from './wires.ts';

/** The guest's memory as a file: what the guest writes goes to the file (shared), or is this process's own. */
export interface RamFile {
  readonly file: string;
  readonly isShared: boolean;
}

/** Where a machine's state is kept and comes from; the guest sees nothing of it. */
export interface StateArguments {
  readonly ram?: RamFile | undefined;
  /** Wait for a saved state (`migrate-incoming`) instead of powering on. */
  readonly isIncoming?: boolean | undefined;
  /** Where a machine of determinism `recorded` is recorded to or replayed from. */
  readonly recording?: RecordingArguments | undefined;
}

/**
 * QEMU's own name for a PC's memory (hw/i386/pc_piix.c, `default_ram_id`): under this name a state fits, whether its
 * memory was a file or not.
 */
const RAM_ID = 'pc.ram';

/** The guest's screen; `std` is the one that every firmware, boot loader and kernel has a driver for. */
const VGA: Record<MachineSpec['display'], string> = { none: 'none', vga: 'std' };

/** I/O port and interrupt of a PC's serial ports; com3 and com4 get interrupts of their own (see below). */
const PORT_RESOURCES: Record<SerialPort, string> = {
  com1: 'iobase=0x3f8,irq=4',
  com2: 'iobase=0x2f8,irq=3',
  // A PC's com3 shares com1's IRQ 4, which belongs to Xen when Xen owns com1: dom0 would never see it.
  com3: 'iobase=0x3e8,irq=5',
  com4: 'iobase=0x2e8,irq=7',
};

/** Builds the arguments of `qemu-system-x86_64`. */
export function qemuArgv(
  spec: MachineSpec,
  wires: Wires,
  { ram, isIncoming = false, recording }: StateArguments = {},
): string[] {
  const chardev = (console: string) =>
    recording ? recordedChardev(console, recording) : socketChardev(console, wires);
  return [
    ...['-name', `${escapeCommas(spec.name)},process=domes-qemu`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-vga', VGA[spec.display]],
    // No new privileges, no children, no scheduler changes for a process that runs untrusted guests.
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...memoryFile(spec, ram),
    ...['-machine', ram ? `${spec.type},memory-backend=${RAM_ID}` : spec.type],
    ...['-accel', acceleratorArgument(spec)],
    ...['-cpu', spec.cpu, '-smp', String(spec.cpus), '-m', `${spec.memoryMiB}M`],
    // Stopped until we have said `cont`: nothing happens before we listen.
    '-S',
    ...(isIncoming ? ['-incoming', 'defer'] : []),
    ...(spec.onReboot === 'exit' ? ['-no-reboot'] : []),
    ...['-chardev', `socket,id=qmp,${wires.qmp}`, '-mon', 'chardev=qmp,mode=control'],
    ...determinismArguments(spec, recording),
    ...firmwareConsole(chardev),
    ...SERIAL_PORTS.flatMap((port) => serialConsole(spec, port, chardev)),
    ...virtioConsoles(spec, chardev),
    ...diskArguments(spec, isReplayable(recording)),
    ...bootArguments(spec),
    ...networkArguments(spec, wires, recording),
  ];
}

/** One thread runs all vCPUs: with one or two of them faster than a thread each (MTTCG), and it can be repeated. */
function acceleratorArgument(spec: MachineSpec): string {
  return spec.accelerator === 'tcg' ? 'tcg,thread=single' : 'kvm';
}

/** The arguments that make a console's end on this host. */
type ChardevOf = (console: string) => string[];

function firmwareConsole(chardev: ChardevOf): string[] {
  return [
    ...chardev(FIRMWARE_CONSOLE),
    // SeaBIOS writes its log to I/O port 0x402 (its `debugcon`).
    ...['-device', `isa-debugcon,iobase=0x402,chardev=${FIRMWARE_CONSOLE}`],
  ];
}

function serialConsole(spec: MachineSpec, port: SerialPort, chardev: ChardevOf): string[] {
  const name = consoleAt(spec, port);
  if (name === undefined) return [];
  return [...chardev(name), '-device', `isa-serial,${PORT_RESOURCES[port]},chardev=${name}`];
}

function virtioConsoles(spec: MachineSpec, chardev: ChardevOf): string[] {
  const terminals = VIRTIO_PORTS.map((port) => consoleAt(spec, port)).filter((name) => name !== undefined);
  const channels = CHANNEL_PORTS.flatMap((port) => {
    const name = consoleAt(spec, port);
    return name === undefined ? [] : [{ name, nr: channelNumber(port) }];
  });
  if (terminals.length + channels.length === 0) return [];
  return [
    ...['-device', 'virtio-serial-pci'],
    ...terminals.flatMap((name) => [...chardev(name), '-device', `virtconsole,chardev=${name}`]),
    ...channels.flatMap(({ name, nr }) => [
      ...[...chardev(name), '-device', `virtserialport,chardev=${name},nr=${nr},name=domes.${name}`],
    ]),
  ];
}

/** The name of the console at a port, if the machine has one there. */
function consoleAt(spec: MachineSpec, port: ConsolePort['port']): string | undefined {
  return Object.keys(spec.consoles).find((console) => spec.consoles[console]?.port === port);
}

function socketChardev(name: string, { consoles }: Wires): string[] {
  return ['-chardev', `socket,id=${name},${consoles.get(name)}`];
}

function memoryFile({ memoryMiB }: MachineSpec, ram: RamFile | undefined): string[] {
  if (!ram) return [];
  const share = ram.isShared ? 'on' : 'off';
  const backend = `memory-backend-file,id=${RAM_ID},size=${memoryMiB}M,share=${share}`;
  return ['-object', `${backend},mem-path=${escapeCommas(ram.file)}`];
}

function bootArguments({ boot }: MachineSpec): string[] {
  if (boot.from === 'disk') return [];
  if (boot.from === 'cdrom') return ['-boot', 'order=d'];
  // With several modules QEMU splits -initrd at commas, and each module's own arguments follow its name.
  const modules = boot.modules
    .map(({ file, append }) => escapeCommas(append ? `${file} ${append}` : file))
    .join(',');
  return ['-kernel', boot.kernel, '-append', boot.append, ...(modules ? ['-initrd', modules] : [])];
}

/** The network itself is in another process; see src/harness/network. */
function networkArguments(
  { network }: MachineSpec,
  { cable }: Wires,
  recording: RecordingArguments | undefined,
): string[] {
  if (network === 'none') return ['-nic', 'none'];
  // In a replay nobody is at the other end: what came from there is in the recording.
  const netdev = recording?.mode === 'replay' ? 'hubport,id=cable,hubid=0' : (cable as string);
  const filter = isReplayable(recording) ? ['-object', 'filter-replay,id=cable-replay,netdev=cable'] : [];
  // Without its option ROM: the firmware would load it, and nobody boots from this network.
  // By default packets are sent from a bottom half of QEMU's main loop, whose time no recording has; a timer is recorded.
  const sending = isReplayable(recording) ? ',tx=timer' : '';
  return ['-netdev', netdev, '-device', `virtio-net-pci,netdev=cable,romfile=${sending}`, ...filter];
}
