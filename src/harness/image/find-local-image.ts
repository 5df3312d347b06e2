/** Images that are a file of this host: used where it is, never written to. */
import { access, constants, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ImageError } from '../../errors.ts';
import { writeAtomically } from '../host/atomic-file.ts';
import { imageDigest, sha256OfFile, sha256OfText } from './digest.ts';
import type { Found } from './image.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';
import { type ImageSpec, singleFile } from './manifest.ts';
import type { Progress } from './progress.ts';

type FileSource = Extract<ImageSpec['source'], { kind: 'file' }>;

const Remembered = z.object({ stamp: z.string(), sha256: z.string() });

/**
 * The image. Its digest is computed when the file is new or has changed (size, time or inode), and remembered.
 * @throws ImageError when the file has another digest than the manifest says.
 */
export async function findLocalImage(
  home: ImageHome,
  { name, spec, source }: { name: string; spec: ImageSpec; source: FileSource },
  { progress, signal }: { progress: Progress; signal?: AbortSignal | undefined },
): Promise<Found> {
  const path = resolve(home.root, source.file.replace(/^~(?=\/)/, homedir()));
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      is: 'absent',
      why: code === 'ENOENT' ? `needs ${path}, which is not there` : `cannot read ${path} (${code})`,
    };
  }
  const sha256 = await rememberedDigest(home, path, async (size) => {
    let done = 0;
    return sha256OfFile(path, {
      signal,
      onBytes: (count) => {
        done += count;
        progress.report({ doing: `reading ${path}`, done, total: size, unit: 'bytes' });
      },
    });
  });
  if (source.sha256 && source.sha256 !== sha256)
    throw new ImageError(`image ${name}: ${path} has another SHA-256 than the manifest says`, {
      probably: `found ${sha256}, expected ${source.sha256}`,
      next: 'if the file is right, put its SHA-256 into images.manifest.json',
    });
  const file = singleFile(spec);
  return {
    is: 'ready',
    image: { name, digest: imageDigest({ [file]: { sha256 } }), files: { [file]: path }, spec },
  };
}

/** The digest of a file, computed only if the file is not as it was the last time. */
async function rememberedDigest(
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
