/** A disk for a guest of slim-dom0 or hvm-dom0, which have none themselves when they are booted directly. */
import type { Dom0 } from '../../src/harness/index.ts';

/** The machine's first disk is the guest's. */
export const DISK = 'phy:/dev/vda,xvda,w';

/** Of the machine's disk, and of dom0's end of the guest's. dom0 does not load them by itself: most of its guests have no disk. */
export async function diskDrivers({ shell }: Dom0): Promise<void> {
  for (const name of ['virtio_blk', 'xen-blkback']) await shell.succeed(`insmod /lib/modules/${name}.ko`);
}
