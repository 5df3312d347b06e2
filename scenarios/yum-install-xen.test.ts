/**
 * The middle of the story: a 20 GB disk, an overlay, `yum update`, `yum install xen`, `savevm installed-xen`, and a guest
 * in the dom0 that has come of it. The second time it takes seconds: see story/rpm-dom0.ts.
 */
import {
  backingChain,
  checkpoint,
  type Disk,
  expect,
  type Machine,
  openDom0,
  test,
} from '../src/harness/index.ts';
import { bootXen, dom0Up, installedXen, rebootToXenEntry } from './story/rpm-dom0.ts';

const GIB = 2 ** 30;
/** The first time everything is done for real, emulated. */
const COLD = { timeout: 900_000 };

const guestRan = checkpoint('guest-ran', { from: dom0Up }, async (machine) => {
  await guestRuns(machine);
});

// The reason why the story laid its checkpoint down.
const wentBack = checkpoint('went-back', { from: installedXen }, async (machine) => {
  await machine.savevm('installed-xen');
  const shell = await machine.shell();
  await shell.succeed('rm /boot/vmlinux-*');
  const broken = machine.expectFailure('bootloader/grub-file-not-found');
  await rebootToXenEntry(machine, shell);
  expect((await broken()).evidence.text).toContain('/boot/vmlinux-');

  await machine.loadvm('installed-xen');
  await bootXen(machine, await machine.shell());
  await guestRuns(machine);
});

test('yum installs Xen on an overlay of a 20 GB disk, and a guest boots in it', COLD, async ({ resume }) => {
  const machine = await resume(guestRan);
  const [disk] = machine.spec.disks;
  const { sizeBytes, layers } = await backingChain(disk as Disk);
  expect(sizeBytes).toBe(20 * GIB);
  expect(layers.at(-1)?.file).toMatch(/rpm-dom0.*disk\.qcow2$/);

  const { shell } = await openDom0(machine);
  expect(await shell.succeed('rpm -q xen xen-hypervisor')).toMatch(/^xen-4\.17.*\nxen-hypervisor-4\.17/);
  await machine.reach('guest-userspace');
});

test('a dom0 without its kernel goes back to savevm installed-xen, and boots', COLD, async ({ resume }) => {
  const machine = await resume(wentBack);
  const { shell } = await openDom0(machine);
  expect(await shell.succeed('ls /boot')).toContain('vmlinux-');
  await machine.reach('guest-userspace');
});

/** Whoever comes to this dom0 can run a guest in it. */
async function guestRuns(machine: Machine): Promise<void> {
  const dom0 = await openDom0(machine);
  const guest = await dom0.guest('/root/guest.cfg');
  const shell = await guest.shell();
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('PV');
  await guest.console.sendLine('poweroff -f');
  await guest.gone();
}
