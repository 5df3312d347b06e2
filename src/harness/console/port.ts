/** Which consoles a machine has: names, the serial ports behind them, and who speaks there. */
import { z } from 'zod';

/** The UARTs of a PC. com1 carries the boot loader, Xen and dom0's kernel. */
export const SERIAL_PORTS = ['com1', 'com2', 'com3', 'com4'] as const;
export type SerialPort = (typeof SERIAL_PORTS)[number];

/**
 * Ports of a virtio console: `/dev/hvc1`, `/dev/hvc2`, … in a Linux under Xen, whose hvc0 is Xen's own. A byte costs
 * an emulated UART several exits; a virtio port moves a page with one.
 */
export const VIRTIO_PORTS = ['virtio1', 'virtio2', 'virtio3', 'virtio4', 'virtio5', 'virtio6'] as const;
export type VirtioPort = (typeof VIRTIO_PORTS)[number];

/** Beyond what any scenario will want; the virtio device of QEMU has room for 31 ports, consoles among them. */
const CHANNELS = 16;
/** The device's own number of the port before `channel1`: behind all consoles. */
const BEFORE_CHANNELS = 10;

/**
 * Ports of the same virtio device that are no terminals: `/dev/vport0p11`, `/dev/vport0p12`, … for the consoles of
 * guests. No line discipline echoes or changes a byte there, what is sent waits until somebody reads, and there can be
 * many: a Linux has room for 8 `hvc` terminals (HVC_ALLOC_TTY_ADAPTERS, drivers/tty/hvc/hvc_console.h).
 */
export const CHANNEL_PORTS = Array.from({ length: CHANNELS }, (_, index) => `channel${index + 1}` as const);
export type ChannelPort = (typeof CHANNEL_PORTS)[number];

/** The console that SeaBIOS writes its log to: QEMU's debug port, so that it never mixes with the serial ones. */
export const FIRMWARE_CONSOLE = 'firmware';

const ConsoleName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'a console name is a lower-case word, `guest-1` say');

/**
 * Who speaks on a console, and so which milestones and failures are looked for there. `system`: boot loader,
 * hypervisor, kernel. `shell`: a person's commands and their output, which prove nothing. `guest`: a guest's own.
 */
export const ConsoleRole = z.enum(['firmware', 'system', 'shell', 'guest']);
export type ConsoleRole = z.infer<typeof ConsoleRole>;

export const ConsolePort = z.strictObject({
  port: z.enum(
    [...SERIAL_PORTS, ...VIRTIO_PORTS, ...CHANNEL_PORTS],
    'expected com1 to com4, virtio1 to virtio6, or channel1 to channel16',
  ),
  role: ConsoleRole,
});
export type ConsolePort = z.infer<typeof ConsolePort>;

/** Console name → port and role. */
export const ConsolePorts = z.record(ConsoleName, ConsolePort).superRefine((consoles, issue) => {
  const used = Object.values(consoles).map(({ port }) => port);
  if (new Set(used).size !== used.length) issue.addIssue('two consoles on one port');
  if (FIRMWARE_CONSOLE in consoles)
    issue.addIssue(`the console name "${FIRMWARE_CONSOLE}" is the firmware's own log`);
});
export type ConsolePorts = z.infer<typeof ConsolePorts>;

/** The name of the first console with this role, if the machine has one. */
export function consoleOfRole(consoles: ConsolePorts, role: ConsoleRole): string | undefined {
  return consolesOfRole(consoles, role)[0];
}

/** What a machine has where nothing is said. */
export const DEFAULT_CONSOLES: ConsolePorts = { console: { port: 'com1', role: 'system' } };

/** The names of all consoles with this role, in the machine's order. */
export function consolesOfRole(consoles: ConsolePorts, role: ConsoleRole): string[] {
  return Object.keys(consoles).filter((name) => consoles[name]?.role === role);
}

/** The number of a channel in its virtio device. */
export function channelNumber(port: ChannelPort): number {
  return BEFORE_CHANNELS + numberOf(port);
}

/** The file that a port is in a Linux, in one that runs under Xen as dom0. */
export function deviceFile(port: ConsolePort['port']): string {
  if (isChannel(port)) return `/dev/vport0p${channelNumber(port)}`;
  return port.startsWith('com') ? `/dev/ttyS${numberOf(port) - 1}` : `/dev/hvc${numberOf(port)}`;
}

function isChannel(port: ConsolePort['port']): port is ChannelPort {
  return port.startsWith('channel');
}

function numberOf(port: ConsolePort['port']): number {
  return Number(/\d+$/.exec(port)?.[0]);
}
