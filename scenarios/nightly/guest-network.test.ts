/** Debian as a PVH and as an HVM guest with a network card: a bridge in dom0, ping both ways, and the guest's ssh server. */
import { type Dom0, expect, type GuestConfig, openDom0, type Shell, test } from '../../src/harness/index.ts';
import { DOM0, GUEST, KERNEL, ROOT } from '../story/debian-guest.ts';
import { HVM_VIF, makeBridge, VIF } from '../story/guest-bridge.ts';
import { DISK, diskDrivers } from '../story/guest-disk.ts';

const COLD = { timeout: 1_200_000 };
/** GRUB and kernel come through an emulated disk controller. */
const PATIENCE = { timeout: 600_000, silentFor: 240_000 };
const RAMDISK = '/root/debian.img';

const DEBIAN = { name: 'debian', memory: 256, disk: DISK } satisfies GuestConfig;
const PVH: GuestConfig = {
  ...DEBIAN,
  ...{ type: 'pvh', vif: VIF, kernel: '/root/vmlinux', ramdisk: RAMDISK, extra: KERNEL.extra },
};
const HVM: GuestConfig = { ...DEBIAN, type: 'hvm', vif: HVM_VIF, diskController: 'ahci' };

async function reachEachOther(dom0: Dom0, shell: Shell): Promise<void> {
  await shell.succeed(`ping -c 1 ${DOM0}`, PATIENCE);
  await dom0.shell.succeed(`ping -c 1 ${GUEST}`, PATIENCE);
  // dom0 has no ssh client: what the server says first is enough.
  expect(await dom0.shell.succeed(`nc -w 20 ${GUEST} 22 < /dev/null | head -n 1`, PATIENCE)).toMatch(
    /^SSH-2\.0-dropbear/,
  );
}

for (const config of [PVH, HVM])
  test(`a ${config.type} guest reaches dom0, and dom0 reaches it`, COLD, async ({ launch }) => {
    const machine = await launch('hvm-dom0', {
      disks: [{ image: 'debian-guest' }],
      files: { [RAMDISK]: { image: 'debian-guest', file: 'initrd.img' } },
    });
    const dom0 = await openDom0(machine);
    await diskDrivers(dom0);
    await makeBridge(dom0, DOM0);
    const guest = await dom0.guest(config);
    if (config.type === 'hvm') (await guest.grub(PATIENCE)).boot();
    const shell = await guest.logIn(ROOT, PATIENCE);
    expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe(config.type?.toUpperCase());
    await reachEachOther(dom0, shell);
    expect(machine.diagnosis.findings).toEqual([]);
  });
