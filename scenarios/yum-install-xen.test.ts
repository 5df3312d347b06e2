/**
 * The middle of the story: a 20 GB disk, an overlay, `yum update`, `yum install xen`, `savevm installed-xen`, and then
 * a guest in the dom0 that has come of it. Each step is a checkpoint: what was done once is restored the next time.
 */
import {
  backingChain,
  checkpoint,
  type Disk,
  expect,
  type Machine,
  openDom0,
  type Shell,
  test,
} from '../src/harness/index.ts';

const ROOT = { user: 'root', password: 'domes' };
const YES = { 'Is this ok [y/N]: ': 'y' };
const GIB = 2 ** 30;
/** dnf unpacks, installs and has GRUB's menu made anew, emulated: 20 to 40 s on a quiet machine. */
const INSTALLING = { timeout: 300_000 };

const loggedIn = checkpoint(
  'logged-in',
  { image: 'rpm-dom0', launch: { machine: { onReboot: 'reset' } } },
  async (machine) => {
    const grub = await machine.grub();
    expect(grub.entries.join('\n')).not.toMatch(/Xen/);
    grub.boot();
    await machine.logIn(ROOT);
  },
);

const updated = checkpoint('updated', { from: loggedIn }, async (machine) => {
  const shell = await machine.shell();
  expect(await shell.succeed('rpm -q domes-release')).toMatch(/^domes-release-1\.0-1/);
  const { output } = await shell.run('yum update', { answers: YES, ...INSTALLING });
  expect(output).toContain('Complete!');
  expect(await shell.succeed('rpm -q domes-release')).toMatch(/^domes-release-1\.0-2/);
});

const installedXen = checkpoint('installed-xen', { from: updated }, async (machine) => {
  const shell = await machine.shell();
  expect(await shell.succeed('yum -y install xen', INSTALLING)).toContain('Complete!');
});

test('yum installs Xen, a guest boots in it, and a broken dom0 goes back to installed-xen', {
  timeout: 900_000,
}, async ({ resume }) => {
  const machine = await resume(installedXen);
  await diskIsAnOverlay(machine);

  const shell = await machine.shell();
  expect(await shell.succeed('rpm -q xen')).toMatch(/^xen-4\.17/);
  await machine.savevm('installed-xen');
  await guestBoots(machine, shell);

  // The reason why the story laid the checkpoint down.
  const dom0 = await openDom0(machine);
  await dom0.shell.succeed('rm /boot/vmlinuz-*');
  machine.expectFailure('bootloader/grub-file-not-found');
  await bootXen(machine, dom0.shell);
  await machine.console().expect(/error: file .* not found/);

  await machine.loadvm('installed-xen');
  await guestBoots(machine, await machine.shell());
});

async function diskIsAnOverlay(machine: Machine): Promise<void> {
  const [disk, ...others] = machine.spec.disks;
  expect(others).toEqual([]);
  const { sizeBytes, layers } = await backingChain(disk as Disk);
  expect(sizeBytes).toBe(20 * GIB);
  expect(layers.at(-1)?.file).toMatch(/rpm-dom0.*disk\.qcow2$/);
}

/** Reboots into GRUB's Xen entry. */
async function bootXen(machine: Machine, shell: Shell): Promise<void> {
  await shell.console.sendLine('reboot');
  const grub = await machine.grub();
  await grub.select(/Xen/);
  grub.boot();
}

async function guestBoots(machine: Machine, shell: Shell): Promise<void> {
  await bootXen(machine, shell);
  await machine.reach('hypervisor');
  await machine.logIn(ROOT);
  const dom0 = await openDom0(machine);
  expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0']);
  const guest = await dom0.guest({ config: '/root/guest.cfg' });
  const inGuest = await guest.shell();
  expect(await inGuest.succeed('cat /sys/hypervisor/guest_type')).toBe('PV');
  await guest.console.sendLine('poweroff -f');
  await guest.gone();
}
