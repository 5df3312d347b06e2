/**
 * The story's dom0, made ready for a Debian guest: a bridge leads to the machine's network, and the guest's kernel is where
 * `xl` finds it. The guest's disk stands beside dom0's own from the start (rpm-dom0.ts).
 */
import { checkpoint, type GuestConfig, openDom0, type Shell } from '../../src/harness/index.ts';
import { dom0Up } from './rpm-dom0.ts';

/** Of the guest as well. */
export { ROOT } from './rpm-dom0.ts';

export const DOM0 = '10.0.2.15';
export const GUEST = '10.0.2.16';

/** What is quick under emulation: see the NOTES.md of slim-dom0. */
const QUICK =
  'loglevel=6 mitigations=off audit=0 selinux=0 apparmor=0 ima=off cryptomgr.notests nokaslr rodata=off noreplace-smp iommu=noaperture initcall_blacklist=crypto_kdf108_init';

/** Without its disk and its network card. */
export const DEVICELESS = { name: 'debian', memory: 128 } satisfies GuestConfig;

/** Whatever boots it. */
export const DEBIAN = {
  ...DEVICELESS,
  disk: 'phy:/dev/vdb,xvda,w',
  vif: 'bridge=xenbr0,mac=00:16:3e:00:00:10',
} satisfies GuestConfig;

/** Booted by `xl` with its own kernel. */
export const KERNEL = {
  kernel: '/run/vmlinux',
  ramdisk: '/run/initrd.img',
  extra: `console=hvc0 root=/dev/xvda1 ${QUICK}`,
};

/** Booted by a GRUB of its own, which Xen's packages bring with them. */
export const PVGRUB = { kernel: '/usr/lib/grub-xen/grub-x86_64-xen.bin' };

export const bridged = checkpoint('bridged', { from: dom0Up }, async (machine) => {
  await makeReady((await openDom0(machine)).shell);
});

/** What a dom0 that is up needs for a Debian guest. */
export async function makeReady(shell: Shell): Promise<void> {
  // The machine's network card becomes a port of the bridge, and dom0's address goes over to it.
  const bridge = [
    ...['link add xenbr0 type bridge', 'link set eth0 master xenbr0', 'link set xenbr0 up'],
    ...[`addr del ${DOM0}/24 dev eth0`, `addr add ${DOM0}/24 dev xenbr0`, 'route add default via 10.0.2.2'],
  ];
  await shell.succeed(`printf '%s\\n' ${bridge.map((line) => `'${line}'`).join(' ')} | ip -batch -`);
  // As pygrub would: the kernel comes from the guest's own disk.
  await shell.succeed(
    'mount -o ro /dev/vdb1 /mnt && cp /mnt/boot/vmlinux /mnt/boot/initrd.img /run && umount /mnt',
  );
}
