/** Digests of files that may be large and are not in the cache: computed once, and remembered while the file is as it was. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ImageError } from '../../errors.ts';
import { writeAtomically } from '../host/atomic-file.ts';
import { sha256OfText } from './digest.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';

const Remembered = z.object({ stamp: z.string(), sha256: z.string() });

/**
 * The digest of a file, computed only if the file is not as it was the last time (size, time or inode).
 * @throws ImageError when it is no file; the file system's own errors.
 */
export async function rememberedDigest(
  home: ImageHome,
  path: string,
  compute: (size: number) => Promise<string>,
): Promise<string> {
  const info = await stat(path, { bigint: true });
  if (!info.isFile()) throw new ImageError(`${path} is a folder or a device, not an image file`);
  const stamp = [info.dev, info.ino, info.size, info.mtimeNs].join(' ');
  const note = join(cacheFolder.digests(home), `${sha256OfText(path).slice(0, 32)}.json`);
  const known = await recall(note);
  if (known?.stamp === stamp) return known.sha256;
  const sha256 = await compute(Number(info.size));
  // A cache that can't be written costs the next run a read of the file, no more.
  await writeAtomically(note, JSON.stringify({ path, stamp, sha256 })).catch(() => {});
  return sha256;
}

async function recall(note: string): Promise<z.output<typeof Remembered> | undefined> {
  try {
    return Remembered.parse(JSON.parse(await readFile(note, 'utf8')));
  } catch {
    return undefined;
  }
}
