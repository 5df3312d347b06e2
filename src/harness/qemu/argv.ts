/**
 * Machine spec → QEMU's argument vector. A pure function: the same spec gives the same arguments, and a test can
 * read them. FACTS about speed are measured by `npm run bench`; see recipes/slim-dom0/NOTES.md.
 */
import {
  FIRMWARE_CONSOLE,
  SERIAL_PORTS,
  type SerialPort,
  VIRTIO_PORTS,
  type VirtioPort,
} from '../console/port.ts';
import type { MachineSpec } from './spec.ts';

/** What QEMU inherits: the numbers of already connected sockets. */
export interface InheritedSockets {
  readonly qmp: number;
  /** Console name → file descriptor, the firmware console included. */
  readonly consoles: ReadonlyMap<string, number>;
}

/** I/O port and interrupt of a PC's serial ports; com3 and com4 get interrupts of their own (see below). */
const PORT_RESOURCES: Record<SerialPort, string> = {
  com1: 'iobase=0x3f8,irq=4',
  com2: 'iobase=0x2f8,irq=3',
  // A PC's com3 shares com1's IRQ 4, which belongs to Xen when Xen owns com1: dom0 would never see it.
  com3: 'iobase=0x3e8,irq=5',
  com4: 'iobase=0x2e8,irq=7',
};

/**
 * Builds the arguments of `qemu-system-x86_64`.
 * @param logFile where QEMU itself keeps the raw bytes of a console, safe from our own death.
 */
export function qemuArgv(
  spec: MachineSpec,
  sockets: InheritedSockets,
  logFile: (console: string) => string,
): string[] {
  return [
    ...['-name', `${escapeCommas(spec.name)},process=domes-qemu`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-vga', 'none'],
    // No new privileges, no children, no scheduler changes for a process that runs untrusted guests.
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-machine', spec.type, '-accel', acceleratorArgument(spec)],
    ...['-cpu', spec.cpu, '-smp', String(spec.cpus), '-m', `${spec.memoryMiB}M`],
    // Stopped until we have said `cont`: nothing happens before we listen.
    '-S',
    ...(spec.onReboot === 'exit' ? ['-no-reboot'] : []),
    ...['-chardev', `socket,id=qmp,fd=${sockets.qmp}`, '-mon', 'chardev=qmp,mode=control'],
    ...firmwareConsole(sockets, logFile),
    ...SERIAL_PORTS.flatMap((port) => serialConsole(spec, port, sockets, logFile)),
    ...virtioConsoles(spec, sockets, logFile),
    ...spec.disks.flatMap(disk),
    ...(spec.cdrom ? ['-drive', `file=${escapeCommas(spec.cdrom)},format=raw,media=cdrom,readonly=on`] : []),
    ...bootArguments(spec),
    ...networkArguments(spec),
  ];
}

/** One thread runs all vCPUs: with one or two of them faster than a thread each (MTTCG), and it can be repeated. */
function acceleratorArgument(spec: MachineSpec): string {
  return spec.accelerator === 'tcg' ? 'tcg,thread=single' : 'kvm';
}

function firmwareConsole(sockets: InheritedSockets, logFile: (console: string) => string): string[] {
  return [
    ...chardev(FIRMWARE_CONSOLE, sockets, logFile),
    // SeaBIOS writes its log to I/O port 0x402 (its `debugcon`).
    ...['-device', `isa-debugcon,iobase=0x402,chardev=${FIRMWARE_CONSOLE}`],
  ];
}

function serialConsole(
  spec: MachineSpec,
  port: SerialPort,
  sockets: InheritedSockets,
  logFile: (console: string) => string,
): string[] {
  const name = consoleAt(spec, port);
  if (name === undefined) return [];
  return [
    ...chardev(name, sockets, logFile),
    '-device',
    `isa-serial,${PORT_RESOURCES[port]},chardev=${name}`,
  ];
}

function virtioConsoles(
  spec: MachineSpec,
  sockets: InheritedSockets,
  logFile: (console: string) => string,
): string[] {
  const names = VIRTIO_PORTS.map((port) => consoleAt(spec, port)).filter((name) => name !== undefined);
  if (names.length === 0) return [];
  return [
    ...['-device', 'virtio-serial-pci'],
    ...names.flatMap((name) => [
      ...chardev(name, sockets, logFile),
      '-device',
      `virtconsole,chardev=${name}`,
    ]),
  ];
}

/** The name of the console at a port, if the machine has one there. */
function consoleAt(spec: MachineSpec, port: SerialPort | VirtioPort): string | undefined {
  return Object.keys(spec.consoles).find((console) => spec.consoles[console]?.port === port);
}

function chardev(name: string, sockets: InheritedSockets, logFile: (console: string) => string): string[] {
  const fd = sockets.consoles.get(name);
  return ['-chardev', `socket,id=${name},fd=${fd},logfile=${escapeCommas(logFile(name))},logappend=on`];
}

function disk({ file, format }: { file: string; format: string }, index: number): string[] {
  const id = `disk${index}`;
  // An overlay is thrown away: nobody needs it to be on the platter.
  const drive = `if=none,id=${id},file=${escapeCommas(file)},format=${format},cache=unsafe,discard=unmap`;
  return ['-drive', drive, '-device', `virtio-blk-pci,drive=${id}`];
}

function bootArguments({ boot }: MachineSpec): string[] {
  if (boot.from === 'disk') return [];
  // With several modules QEMU splits -initrd at commas, and each module's own arguments follow its name.
  const modules = boot.modules
    .map(({ file, append }) => escapeCommas(append ? `${file} ${append}` : file))
    .join(',');
  return ['-kernel', boot.kernel, '-append', boot.append, ...(modules ? ['-initrd', modules] : [])];
}

function networkArguments(spec: MachineSpec): string[] {
  if (spec.network === 'none') return ['-nic', 'none'];
  return ['-nic', 'user,model=virtio-net-pci,restrict=on'];
}

/** In QEMU's option syntax a comma inside a value is written twice. */
function escapeCommas(value: string): string {
  return value.replaceAll(',', ',,');
}
