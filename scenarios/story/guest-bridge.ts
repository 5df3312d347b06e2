/** A network of dom0 and its guests, and of nobody else: hvm-dom0 has the drivers for it. */
import type { Dom0 } from '../../src/harness/index.ts';
import { DEBIAN } from './debian-guest.ts';

/** The card of a PVH guest. */
export const VIF = DEBIAN.vif;
/** Of an HVM guest, by Xen's drivers alone: an emulated one beside it would take a device of its own in dom0 (tun). */
export const HVM_VIF = `${VIF},type=vif`;

/** Makes the bridge, and gives dom0 this address on it. */
export async function makeBridge({ shell }: Dom0, address: string): Promise<void> {
  for (const name of ['llc', 'stp', 'bridge', 'xen-netback'])
    await shell.succeed(`insmod /lib/modules/${name}.ko`);
  await shell.succeed('ip link add xenbr0 type bridge');
  await shell.succeed(`ip addr add ${address}/24 dev xenbr0`);
  await shell.succeed('ip link set xenbr0 up');
}
