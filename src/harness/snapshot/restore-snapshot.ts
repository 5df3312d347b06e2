/** From a snapshot to a running machine. */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FIRMWARE_CONSOLE } from '../console/port.ts';
import { usableAccelerator } from '../host/accelerator.ts';
import { besides, withDiskImages } from '../image/disk-images.ts';
import { findImage } from '../image/find-image.ts';
import type { Image } from '../image/image.ts';
import type { Launched } from '../machine/launch.ts';
import { Machine, type MachineContext } from '../machine/machine.ts';
import { RunDirectory } from '../runner/run-directory.ts';
import { readTail } from './console-tail.ts';
import type { Past } from './memento.ts';
import { placed } from './portable.ts';
import { readSnapshot, type Snapshot, unfit } from './snapshot.ts';

export interface RestoreOptions {
  /** What the report calls the snapshot; the folder's name without it. */
  readonly label?: string;
  /** The machine's name; that of the saved one without it. */
  readonly name?: string;
  /** See GoOnOptions: for a machine that is to be saved as a template in its turn. */
  readonly ramFile?: string;
  /** Where the caller has found the image already. */
  readonly image?: Image;
}

/**
 * Restores a machine from a snapshot, of which nothing is changed: any number may run side by side. What the machine
 * knew when it was saved is there: console text (what was unread still is), milestones, findings, shells.
 * @throws SnapshotError when the snapshot is damaged, or fits neither this QEMU nor the image; ImageError,
 * QemuLaunchError, HostError; AbortError when the context's signal comes first.
 */
export async function restoreSnapshot(
  folder: string,
  context: MachineContext,
  { label = basename(folder), name, ramFile = context.ramFile, image: known }: RestoreOptions = {},
): Promise<Launched> {
  const since = performance.now();
  const snapshot = await readSnapshot(folder);
  const { record } = snapshot;
  const image = await imageOf(snapshot, known);
  await refuseOtherAccelerator(snapshot);
  const directory = RunDirectory.create();
  let machine: Machine | undefined;
  const release = async () => {
    await machine?.[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  };
  try {
    const past = await pastOf(snapshot, context.logFolder);
    const spec = { ...placed(record.spec, image), ...(name !== undefined && { name }) };
    machine = new Machine(spec, { ...context, runFolder: directory.path, image }, past);
    await machine.goOn(snapshot, { ramFile, signal: context.signal });
    machine.restoredFrom = {
      name: label,
      kind: record.kind,
      takenAt: record.takenAt,
      atMs: record.memento.clockMs,
      tookMs: performance.now() - since,
    };
    return { machine, image, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release().catch(() => {});
    throw error;
  }
}

async function imageOf({ folder, record }: Snapshot, known: Image | undefined): Promise<Image> {
  const names = record.imagesBeside.map(({ name }) => name);
  const image = known ?? (await withDiskImages(await findImage(record.image?.name ?? ''), { disks: names }));
  const here = new Map([image, ...besides(image)].map(({ name, digest }) => [name, digest]));
  for (const saved of [record.image, ...record.imagesBeside])
    if (!saved || here.get(saved.name) !== saved.digest)
      throw unfit(folder, `it belongs to another build of image ${saved?.name ?? image.name}`);
  return image;
}

async function refuseOtherAccelerator({ folder, record }: Snapshot): Promise<void> {
  const accelerator = await usableAccelerator();
  if (accelerator !== record.spec.accelerator)
    throw unfit(
      folder,
      `it was made with the accelerator ${record.spec.accelerator}, and this host uses ${accelerator}`,
    );
}

/** Reads the consoles' tails; QEMU's own logs begin with them, as the transcripts do. */
async function pastOf({ folder, record }: Snapshot, logFolder: string): Promise<Past> {
  const names = [FIRMWARE_CONSOLE, ...Object.keys(record.spec.consoles)];
  const tails = new Map(
    await Promise.all(names.map(async (name) => [name, await readTail(folder, name)] as const)),
  );
  for (const [name, { raw }] of tails) await writeFile(join(logFolder, `${name}.log`), raw);
  return { memento: record.memento, tails };
}
