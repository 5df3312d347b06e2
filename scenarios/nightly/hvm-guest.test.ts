/**
 * An HVM guest: a whole PC that Xen emulates with hardware's help, in a PC that QEMU emulates: SeaBIOS, a device model in
 * dom0 (Debian's qemu-system-xen), and Debian's kernel, unchanged.
 */
import { expect, openDom0, test } from '../../src/harness/index.ts';
import { STANDARD } from '../guests-never-booted/faults.ts';

/** Its kernel comes through the device model, 4 KB at a time: a minute in which its console is silent. */
const PATIENCE = { timeout: 900_000, silentFor: 60_000 };

test('an HVM guest boots by SeaBIOS and answers', { timeout: 1_200_000 }, async ({ launch }) => {
  const machine = await launch('hvm-dom0');
  const dom0 = await openDom0(machine);
  const guest = await dom0.guest({
    ...STANDARD,
    type: 'hvm',
    memory: 192,
    kernel: '/root/vmlinuz',
    // Without it Linux looks into 8192 PCI slots for an AGP bridge, each by way of the device model.
    extra: `${STANDARD.extra} pci=noearly`,
    // No serial port: its console is Xen's own.
    settings: { vga: 'none', vnc: 0, nographic: 1, usb: 0, serial: 'null' },
  });
  const shell = await guest.shell(PATIENCE);
  expect(await guest.type()).toBe('hvm');
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('HVM');
  expect(await shell.succeed('cat /sys/class/dmi/id/product_name')).toBe('HVM domU');
  expect(machine.diagnosis.findings).toEqual([]);
});
