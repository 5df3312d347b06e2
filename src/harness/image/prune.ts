/** Takes out of the cache what the manifest and the lock no longer ask for. */
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ImageError } from '../../errors.ts';
import { entryFolder } from './cache-entry.ts';
import { tryLock } from './exclusive.ts';
import { isVerified, urlKey } from './find-url-image.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';
import { lockedFor, readAllLocked, readLocked } from './lock-file.ts';
import { readManifest } from './manifest.ts';
import { readRecipe, recipeKey } from './recipe.ts';

export interface Pruned {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Removes images of former recipes, packages of former locks, and what killed processes left half-made.
 * @param dryRun only say what would go.
 * @throws ImageError while another process is making an image: what it needs is not known from outside.
 */
export async function prune(home: ImageHome, { dryRun = false } = {}): Promise<Pruned[]> {
  const leftovers = await children(join(home.cacheDir, 'scratch'));
  const locks: AsyncDisposable[] = [];
  try {
    // A scratch folder has the name of the lock whose holder works in it.
    for (const path of leftovers) {
      const free = await tryLock(home, basename(path));
      if (!free)
        throw new ImageError(`another process is at work in ${path}`, { next: 'try again when it is done' });
      locks.push(free);
    }
    const unused = [...leftovers, ...(await unusedIn(home))];
    const pruned = await Promise.all(unused.map(async (path) => ({ path, size: await sizeOnDisk(path) })));
    if (!dryRun) for (const { path } of pruned) await rm(path, { recursive: true, force: true });
    return pruned;
  } finally {
    for (const held of locks) await held[Symbol.asyncDispose]();
  }
}

/** Finished images and packages that neither manifest nor lock name. */
async function unusedIn(home: ImageHome): Promise<string[]> {
  const images = await entriesInUse(home);
  const packages = new Set((await readAllLocked(home)).map(({ sha256 }) => `${sha256}.deb`));
  return [
    ...(await children(cacheFolder.images(home))).filter((path) => !images.has(path)),
    ...(await children(cacheFolder.packages(home))).filter((path) => !packages.has(basename(path))),
  ];
}

/** Folders of the entries that the manifest's images have now. */
async function entriesInUse(home: ImageHome): Promise<Set<string>> {
  const { images } = await readManifest(home.root);
  const folders = await Promise.all(
    Object.entries(images).map(async ([name, spec]) => {
      if (spec.source.kind === 'url')
        return isVerified(spec.source) ? entryFolder(home, name, urlKey(spec, spec.source)) : undefined;
      if (spec.source.kind === 'file') return undefined;
      const recipe = await readRecipe(home.root, spec.source.recipe);
      const packages = lockedFor(recipe.packages, await readLocked(home, name));
      return packages && entryFolder(home, name, recipeKey(recipe, packages));
    }),
  );
  return new Set(folders.filter((folder) => folder !== undefined));
}

async function children(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

async function sizeOnDisk(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isDirectory()) return info?.size ?? 0;
  const inside = await readdir(path, { recursive: true });
  const infos = await Promise.all(inside.map((name) => stat(join(path, name)).catch(() => undefined)));
  return infos.reduce((sum, entry) => sum + (entry?.isFile() ? entry.size : 0), 0);
}
