/** Images that are one file from the network: downloaded when they are not there. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError } from '../../errors.ts';
import { commitEntry, entryFiles, entryFolder, removeEntry } from './cache-entry.ts';
import { download } from './download.ts';
import { lock } from './exclusive.ts';
import { findUrlImage, isVerified, type UrlSource, urlKey } from './find-url-image.ts';
import type { Image } from './image.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';
import { type ImageSpec, MANIFEST_FILE, singleFile } from './manifest.ts';
import type { ObtainOptions } from './packages.ts';

/** The image, downloaded if need be. */
export async function ensureUrlImage(
  home: ImageHome,
  { name, spec, source }: { name: string; spec: ImageSpec; source: UrlSource },
  options: ObtainOptions,
): Promise<Image> {
  if (!isVerified(source))
    throw new ImageError(`image ${name} can't be downloaded: nobody has said what its SHA-256 is`, {
      next: `put the one that its distributor has signed into ${MANIFEST_FILE} (images.${name}.source.sha256)`,
    });
  const find = () => findUrlImage(home, name, spec, source);
  const before = await find();
  if (before.is === 'ready') return before.image;

  await using _ = await lock(home, `image-${name}`, {
    signal: options.signal,
    onWait: (owner) => options.progress.note(`waiting for ${owner}, which is downloading ${name}`),
  });
  const meanwhile = await find();
  if (meanwhile.is === 'ready') return meanwhile.image;
  if (meanwhile.is === 'damaged')
    options.progress.note(`image ${name} is damaged (${meanwhile.why}): downloading it anew`);

  const file = singleFile(spec);
  const key = urlKey(spec, source);
  // We hold the image's lock: what is in its scratch folder was left by somebody who is gone.
  const scratch = cacheFolder.scratch(home, `image-${name}`);
  await rm(scratch, { recursive: true, force: true });
  const made = join(scratch, 'out');
  await mkdir(made, { recursive: true });
  try {
    await download({ ...source, path: join(made, file) }, options);
    const folder = entryFolder(home, name, key);
    if (meanwhile.is === 'damaged') await removeEntry(folder, join(scratch, 'damaged'));
    const entry = await commitEntry(home, made, { name, key, files: [file] });
    return { name, digest: entry.digest, files: entryFiles(folder, entry), spec };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
