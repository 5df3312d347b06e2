/**
 * Debian with hardware's help: the disk of a Debian guest is root of one that Xen runs as PVH, on a processor with AMD's SVM and
 * nested paging, as TCG emulates them. The same guest on a processor without nested paging is refused.
 */
import {
  expect,
  type GuestConfig,
  KnownFailureError,
  type LaunchOptions,
  openDom0,
  test,
} from '../src/harness/index.ts';
import { KERNEL, ROOT } from './story/debian-guest.ts';
import { DISK, diskDrivers } from './story/guest-disk.ts';

/** dom0 has the same kernel for its guests; the initramfs is of the guest's image. */
const RAMDISK = '/root/debian.img';
const DEBIAN: GuestConfig = {
  ...{ name: 'debian', type: 'pvh', memory: 128, disk: DISK },
  ...{ kernel: '/root/vmlinux', ramdisk: RAMDISK, extra: KERNEL.extra },
};

const withCpu = (cpu: string): LaunchOptions => ({
  boot: 'direct',
  machine: { cpu },
  disks: [{ image: 'debian-guest' }],
  files: { [RAMDISK]: { image: 'debian-guest', file: 'initrd.img' } },
});

test('Debian boots from its own disk as a PVH guest, to its login', async ({ launch }) => {
  const machine = await launch('slim-dom0', withCpu('qemu64,+svm,+npt,+rdrand'));
  const dom0 = await openDom0(machine);
  await diskDrivers(dom0);
  const guest = await dom0.guest(DEBIAN);
  await guest.reach('guest-kernel');
  const shell = await guest.logIn(ROOT);
  expect(await guest.type()).toBe('pvh');
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('PVH');
  expect(await shell.succeed('. /etc/os-release && echo $ID $VERSION_ID')).toBe('debian 12');
  expect(await shell.succeed('findmnt -no SOURCE,FSTYPE /')).toMatch(/^\/dev\/xvda1 +ext4$/);
  expect(machine.diagnosis.findings).toEqual([]);
});

test('without nested paging it is refused, as PVH and as HVM: toolstack/hvm-not-supported', async ({
  launch,
}) => {
  const machine = await launch('slim-dom0', withCpu('qemu64,+svm,-npt,+rdrand'));
  const dom0 = await openDom0(machine);
  await diskDrivers(dom0);
  for (const type of ['pvh', 'hvm'] as const) {
    const failure = await dom0.guest({ ...DEBIAN, type }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KnownFailureError);
    expect(failure).toMatchObject({ failureClass: 'toolstack/hvm-not-supported', blame: 'guest' });
  }
});
