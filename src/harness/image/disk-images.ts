/** Images that a machine has something of beside the image which it boots: their disks, or a file. */
import { ScenarioError } from '../../errors.ts';
import { findImage } from './find-image.ts';
import type { Image } from './image.ts';
import type { DiskFormat } from './manifest.ts';

/** Names of other images, by what of them is wanted. */
export interface Wanted {
  readonly disks: readonly string[];
  readonly files?: readonly string[];
}

/**
 * The image together with others, whose files are found as `NAME/FILE`.
 * @throws ImageError when one of them is not built yet; ScenarioError when one is unknown, or has neither a disk nor
 * a CD.
 */
export async function withDiskImages(image: Image, { disks, files: inside = [] }: Wanted): Promise<Image> {
  const names = new Set([...disks, ...inside]);
  if (names.size === 0) return image;
  const beside = await Promise.all([...names].map((name) => findImage(name)));
  const files: Record<string, string> = { ...image.files };
  for (const other of beside) {
    if (disks.includes(other.name) && !mediumOf(other))
      throw new ScenarioError(`image "${other.name}" has no disk to give a machine`);
    for (const [file, path] of Object.entries(other.files)) files[`${other.name}/${file}`] = path;
  }
  return { ...image, files, beside };
}

/** What a machine reads that has the image as a disk: the image's disk, or its CD, sector by sector the same. */
export function mediumOf({
  spec: { disk, cdrom },
  files,
}: Image): { readonly file: string; readonly format: DiskFormat } | undefined {
  if (disk) return { file: files[disk.file] as string, format: disk.format };
  return cdrom === undefined ? undefined : { file: files[cdrom] as string, format: 'raw' };
}

/** Name and digest of each of the others. */
export function besides({ beside = [] }: Image): { readonly name: string; readonly digest: string }[] {
  return beside.map(({ name, digest }) => ({ name, digest }));
}
