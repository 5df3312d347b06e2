/** slim-dom0's guest as an HVM guest, in the image hvm-dom0. */
import type { GuestConfig } from '../../src/harness/index.ts';
import { STANDARD } from '../guests-never-booted/faults.ts';

export const HVM: GuestConfig = {
  ...STANDARD,
  type: 'hvm',
  memory: 192,
  kernel: '/root/vmlinuz',
  // Without it Linux looks into 8192 PCI slots for an AGP bridge, each by way of the device model.
  extra: `${STANDARD.extra} pci=noearly`,
  // No serial port: its console is Xen's own.
  serial: 'null',
};

/** Its kernel comes through the device model, 4 KB at a time: a minute in which its console is silent. */
export const HVM_PATIENCE = { timeout: 900_000, silentFor: 60_000 };
