/** Images whose disks a machine has beside that of the image which it boots. */
import { ScenarioError } from '../../errors.ts';
import { findImage } from './find-image.ts';
import type { Image } from './image.ts';

/**
 * The image together with others, whose files are found as `NAME/FILE`.
 * @throws ImageError when one of them is not built yet; ScenarioError when one is unknown, or has no disk.
 */
export async function withDiskImages(image: Image, names: readonly string[]): Promise<Image> {
  if (names.length === 0) return image;
  const beside = await Promise.all([...new Set(names)].map((name) => findImage(name)));
  const files: Record<string, string> = { ...image.files };
  for (const other of beside) {
    if (!other.spec.disk) throw new ScenarioError(`image "${other.name}" has no disk to give a machine`);
    for (const [file, path] of Object.entries(other.files)) files[`${other.name}/${file}`] = path;
  }
  return { ...image, files, beside };
}

/** Name and digest of each of the others. */
export function besides({ beside = [] }: Image): { readonly name: string; readonly digest: string }[] {
  return beside.map(({ name, digest }) => ({ name, digest }));
}
