/**
 * The disks of a snapshot: layers that are never written again. What goes on from a snapshot writes to a layer of its
 * own on top. Each snapshot holds all its layers, the older ones as second names of the same files: any snapshot can be
 * removed without harm to another. A layer keeps its name for ever, and names the one below by that name alone.
 */
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { linkOrCopy, moveFile, sparseCopy } from '../host/sparse-file.ts';
import type { Image } from '../image/image.ts';
import { backingChain } from '../qemu/backing-chain.ts';
import { createOverlay } from '../qemu/overlay.ts';
import type { Disk, DiskLayer } from '../qemu/spec.ts';
import { placed, portable } from './portable.ts';
import type { Snapshot } from './snapshot.ts';
import type { SavedDisk } from './snapshot-record.ts';

/**
 * Moves a machine's disks into the folder of a new snapshot; no QEMU may have them open.
 * @param base the snapshot that the machine goes on from, which has the layers between
 */
export async function freezeDisks(
  disks: readonly Disk[],
  folder: string,
  { base, image }: { base: Snapshot | undefined; image: Image | undefined },
): Promise<SavedDisk[]> {
  const saved: SavedDisk[] = [];
  for (const [index, disk] of disks.entries()) {
    const chain = await backingChain(disk);
    const own = `disk${index}-${randomBytes(6).toString('hex')}.${disk.format}`;
    await moveFile(disk.file, join(folder, own));
    const layers: SavedDisk['layers'] = [{ file: own, format: disk.format, isOwn: true }];
    for (const { file, format } of chain.layers) {
      const name = basename(file);
      const isOwn = base?.record.disks[index]?.layers.some((one) => one.isOwn && one.file === name) ?? false;
      // The base may have been moved since its layers were opened.
      if (base && isOwn) await linkOrCopy(join(base.folder, name), join(folder, name));
      layers.push({ file: isOwn ? name : portable(file, image), format, isOwn });
    }
    saved.push({ sizeBytes: chain.sizeBytes, layers });
  }
  return saved;
}

/** The disks of a machine that goes on from a snapshot, by where the layers below them are now: it may have been moved. */
export function disksNow(disks: readonly Disk[], base: Snapshot | undefined): Disk[] {
  const own = new Set(
    base?.record.disks.flatMap(({ layers }) => layers.flatMap(({ file, isOwn }) => (isOwn ? [file] : []))),
  );
  const now = (layer: DiskLayer): DiskLayer =>
    base && own.has(basename(layer.file))
      ? { ...layer, file: join(base.folder, basename(layer.file)) }
      : layer;
  return disks.map((disk) => (disk.backing ? { ...disk, backing: disk.backing.map(now) } : disk));
}

/** Disks for a machine that goes on from a snapshot: new layers, or copies of the topmost where they hold its state. */
export function disksOn(
  { folder, record }: Snapshot,
  place: (disk: string) => string,
  { image, signal }: { image: Image | undefined; signal: AbortSignal | undefined },
): Promise<Disk[]> {
  const name = `${Date.now()}-${randomBytes(3).toString('hex')}`;
  return Promise.all(
    record.disks.map(async ({ sizeBytes, layers }, index): Promise<Disk> => {
      const here = layers.map(
        ({ file, format, isOwn }): DiskLayer => ({
          file: isOwn ? join(folder, file) : placed(file, image),
          format,
        }),
      );
      const [top, ...below] = here as [DiskLayer, ...DiskLayer[]];
      const file = place(`disk${index}-${name}.qcow2`);
      if (record.kind === 'vmstate') {
        await sparseCopy(top.file, file, signal);
        return { file, format: top.format, backing: below };
      }
      const backing = { file: layers[0]?.file as string, format: top.format };
      await createOverlay(backing, file, { signal, sizeBytes });
      return { file, format: 'qcow2', backing: here };
    }),
  );
}
