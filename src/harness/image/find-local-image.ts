/** Images that are a file of this host: used where it is, never written to. */
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ImageError } from '../../errors.ts';
import { imageDigest, sha256OfFile } from './digest.ts';
import { wrongContent } from './file-content.ts';
import type { Found } from './image.ts';
import type { ImageHome } from './image-home.ts';
import { type ImageSpec, singleFile } from './manifest.ts';
import type { Progress } from './progress.ts';
import { rememberedDigest } from './remembered-digest.ts';

type FileSource = Extract<ImageSpec['source'], { kind: 'file' }>;

/**
 * The image. Its digest is computed when the file is new or has changed (size, time or inode), and remembered.
 * @throws ImageError when the file has another digest than the manifest says, or can't be what it is said to be.
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
  const wrong = await wrongContent(path, spec);
  if (wrong) throw new ImageError(`image ${name}: ${path} ${wrong.why}`, { next: wrong.next });
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
