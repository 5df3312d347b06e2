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
  port: z.enum([...SERIAL_PORTS, ...VIRTIO_PORTS]),
  role: ConsoleRole,
});

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
  return Object.keys(consoles).find((name) => consoles[name]?.role === role);
}
