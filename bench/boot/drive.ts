/** One boot of slim-dom0, from QEMU's start to the guest's first shell prompt, and what it cost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LaunchOptions, launchMachine } from '../../src/harness/machine/launch.ts';
import type { Machine } from '../../src/harness/machine/machine.ts';
import { openDom0 } from '../../src/harness/xen/dom0.ts';

export interface BootCost {
  /** QEMU's start to the guest's first prompt, wall, ms. */
  readonly wallMs: number;
  /** CPU of QEMU up to then, ms. */
  readonly qemuCpuMs: number;
  /** CPU of this process meanwhile, ms. */
  readonly harnessCpuMs: number;
  readonly timeline: string;
}

/** Boots as the scenario does: the GRUB menu driven by keys, or directly. */
export function bootDriven(boot: 'disk' | 'direct'): Promise<BootCost> {
  return measured({ boot }, (machine) => driveToGuest(machine, boot));
}

/** To the guest's first prompt, by the GRUB menu where the machine boots from its disk. */
export async function driveToGuest(machine: Machine, boot: 'disk' | 'direct'): Promise<void> {
  if (boot === 'disk') {
    const grub = await machine.grub();
    await grub.select(/Xen/);
    grub.boot();
  }
  const dom0 = await openDom0(machine);
  const guest = await dom0.guest('/root/guest.cfg');
  await guest.shell();
}

/** Launches a machine, lets `drive` take it to the guest's first prompt, and says what that cost. */
export async function measured(
  options: LaunchOptions,
  drive: (machine: Machine) => Promise<void>,
): Promise<BootCost> {
  const logFolder = mkdtempSync(join(tmpdir(), 'domes-bench-'));
  const before = process.cpuUsage();
  const launched = await launchMachine('slim-dom0', { logFolder, logFolderShown: logFolder }, options);
  try {
    const { machine } = launched;
    await drive(machine);
    const qemuCpuMs = machine.emulation.cpuMs;
    const { user, system } = process.cpuUsage(before);
    const wallMs = machine.milestones.get('guest-userspace')?.atMs ?? machine.clock();
    return {
      wallMs,
      qemuCpuMs,
      harnessCpuMs: (user + system) / 1000,
      timeline: machine.milestones.summary(),
    };
  } finally {
    await launched[Symbol.asyncDispose]();
    rmSync(logFolder, { recursive: true, force: true });
  }
}
