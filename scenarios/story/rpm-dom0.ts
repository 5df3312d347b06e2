/**
 * The story's machine on its way from a plain Linux to a dom0: `yum update`, `yum install xen`, a reboot into Xen.
 * Each step is a checkpoint, so that what was done once is restored the next time, in whichever scenario.
 */
import { checkpoint, expect, type Machine, openDom0, type Shell } from '../../src/harness/index.ts';

export const ROOT = { user: 'root', password: 'domes' };
const YES = { 'Is this ok [y/N]: ': 'y' };
/** dnf unpacks, installs and has GRUB's menu made anew, emulated: 20 to 40 s on a quiet machine. */
const PATIENCE = { timeout: 300_000 };

export const loggedIn = checkpoint(
  'logged-in',
  // Beside its own disk stands that of the guest which is to run in it.
  { image: 'rpm-dom0', launch: { machine: { onReboot: 'reset' }, disks: [{ image: 'debian-guest' }] } },
  async (machine) => {
    const grub = await machine.grub();
    expect(grub.entries.join('\n')).not.toMatch(/Xen/);
    grub.boot();
    await machine.logIn(ROOT);
  },
);

export const updated = checkpoint('updated', { from: loggedIn }, async (machine) => {
  const shell = await machine.shell();
  expect(await shell.succeed('rpm -q domes-release')).toMatch(/^domes-release-1\.0-1/);
  const { output } = await shell.run('yum update', { answers: YES, ...PATIENCE });
  expect(output).toContain('Complete!');
  expect(await shell.succeed('rpm -q domes-release')).toMatch(/^domes-release-1\.0-2/);
});

export const installedXen = checkpoint('installed-xen', { from: updated }, async (machine) => {
  const shell = await machine.shell();
  expect(await shell.succeed('yum -y install xen', PATIENCE)).toContain('Complete!');
});

export const dom0Up = checkpoint('dom0-up', { from: installedXen }, async (machine) => {
  await bootXen(machine, await machine.shell());
});

/** Reboots into GRUB's Xen entry, and logs in to the dom0 that comes up. */
export async function bootXen(machine: Machine, shell: Shell): Promise<void> {
  await rebootToXenEntry(machine, shell);
  await machine.reach('hypervisor');
  await machine.logIn(ROOT);
  const dom0 = await openDom0(machine);
  expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0']);
}

/** Chooses the Xen entry; what comes of it is for the caller to see. */
export async function rebootToXenEntry(machine: Machine, shell: Shell): Promise<void> {
  await shell.console.sendLine('reboot');
  const grub = await machine.grub();
  await grub.select(/Xen/);
  grub.boot();
}
