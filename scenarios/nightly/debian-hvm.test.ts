/**
 * Debian as an HVM guest: SeaBIOS reads the guest's disk by an emulated controller (Debian's qemu-system-xen), the disk's own
 * GRUB shows its menu on the guest's serial port, and Debian's unchanged kernel boots to a login there.
 */
import { expect, type GuestConfig, KnownFailureError, openDom0, test } from '../../src/harness/index.ts';
import { ROOT } from '../story/debian-guest.ts';
import { DISK, diskDrivers } from '../story/guest-disk.ts';

const DEBIAN: GuestConfig = { name: 'debian', type: 'hvm', memory: 256, disk: DISK };
/** From the IDE controller SeaBIOS takes 16 bits at a time: a minute and a half in which the console is silent. */
const PATIENCE = { timeout: 600_000, silentFor: 240_000 };
const COLD = { timeout: 1_200_000 };

for (const diskController of ['ahci', 'ide'] as const)
  test(
    `Debian boots from its own disk (${diskController}) by SeaBIOS and GRUB, to its login`,
    COLD,
    async ({ launch }) => {
      const machine = await launch('hvm-dom0', { disks: [{ image: 'debian-guest' }] });
      const dom0 = await openDom0(machine);
      await diskDrivers(dom0);
      const guest = await dom0.guest({ ...DEBIAN, diskController });
      // What the guest's firmware has to say is printed by Xen.
      const firmware = machine.console();
      await firmware.expect(/\(d1\) SeaBIOS \(version \d/, PATIENCE);
      await firmware.expect('(d1) Booting from Hard Disk...', PATIENCE);

      const grub = await guest.grub(PATIENCE);
      await guest.reach('guest-bootloader');
      expect(grub.entries).toEqual(['Debian GNU/Linux', 'Debian GNU/Linux, single user']);
      grub.boot();
      await guest.reach('guest-kernel', PATIENCE);
      const shell = await guest.logIn(ROOT, PATIENCE);
      expect(await guest.type()).toBe('hvm');
      expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('HVM');
      expect(await shell.succeed('. /etc/os-release && echo $ID $VERSION_ID')).toBe('debian 12');
      expect(await shell.succeed('findmnt -no SOURCE,FSTYPE /')).toMatch(/^\/dev\/xvda1 +ext4$/);
      expect(await shell.succeed('cat /sys/class/dmi/id/product_name')).toBe('HVM domU');
      expect(await shell.succeed('cat /proc/cmdline')).toMatch(/^BOOT_IMAGE=\/boot\/vmlinuz-/);

      await shell.console.sendLine('poweroff');
      await guest.gone(PATIENCE);
      expect(machine.diagnosis.findings).toEqual([]);
    },
  );

test('a disk without a boot loader: guest-bootloader/bios-found-nothing', COLD, async ({ launch }) => {
  const machine = await launch('hvm-dom0', { disks: [{ blank: '64M' }] });
  const dom0 = await openDom0(machine);
  await diskDrivers(dom0);
  const guest = await dom0.guest({ ...DEBIAN, diskController: 'ahci' });
  const failure = await guest.grub(PATIENCE).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'guest-bootloader/bios-found-nothing', blame: 'guest' });
});

test('without nested paging it is refused: toolstack/hvm-not-supported', COLD, async ({ launch }) => {
  const machine = await launch('hvm-dom0', {
    disks: [{ image: 'debian-guest' }],
    machine: { cpu: 'qemu64,+svm,-npt,+rdrand' },
  });
  const dom0 = await openDom0(machine);
  await diskDrivers(dom0);
  const failure = await dom0.guest(DEBIAN).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'toolstack/hvm-not-supported', blame: 'guest' });
});
