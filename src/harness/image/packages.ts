/**
 * Packages for a recipe: the locked ones where they can still be had, else what the archive has now. All are checked
 * against their SHA-256 and kept by it.
 */
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError } from '../../errors.ts';
import { type Archive, openArchive } from './apt/archive.ts';
import type { PackageStanza } from './apt/stanza.ts';
import { sha256OfFile } from './digest.ts';
import { requireSpace } from './disk-space.ts';
import { lock } from './exclusive.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';
import { type LockedPackage, lockedFor } from './lock-file.ts';
import { resolveRequests } from './package-requests.ts';
import type { Progress } from './progress.ts';
import type { Recipe } from './recipe.ts';

export interface ObtainOptions {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
  /** Refuse to use anything else than what is locked. */
  readonly locked: boolean;
}

/**
 * Has all packages of a recipe in the cache.
 * @returns what they are; differs from the lock when that was incomplete or its versions are gone.
 * @throws ImageError when a package is unknown, changed, cannot be fetched, or the lock would have to change.
 */
export async function obtainPackages(
  home: ImageHome,
  recipe: Recipe,
  locked: readonly LockedPackage[] | undefined,
  options: ObtainOptions,
): Promise<readonly LockedPackage[]> {
  const wanted = lockedFor(recipe.packages, locked);
  if (!wanted && options.locked)
    throw new ImageError(`images.lock.json does not have all packages that ${recipe.shownAs} asks for`, {
      next: 'run without --locked (DOMES_LOCKED) to look them up and add them',
    });
  if (wanted && (await missingFrom(home, wanted)).length === 0) return wanted;

  await using _ = await lock(home, 'apt', {
    signal: options.signal,
    onWait: (owner) => options.progress.note(`waiting for ${owner}, which is fetching packages`),
  });
  const archive = await openArchive(home, options);
  if (wanted) {
    const gone = await noLongerThere(archive, await missingFrom(home, wanted));
    if (gone.length === 0) {
      await fetchMissing(home, archive, wanted, options);
      return wanted;
    }
    const list = gone.map(({ name, version }) => `${name} ${version}`).join(', ');
    if (options.locked)
      throw new ImageError(`the archive no longer has what images.lock.json names: ${list}`, {
        next: 'run without --locked (DOMES_LOCKED) to use what the archive has now',
      });
    options.progress.note(`the archive has moved on from ${list}: images.lock.json gets today's versions`);
  }
  const resolved = await resolveRequests(archive, recipe);
  await fetchMissing(home, archive, resolved, options);
  return resolved;
}

/** Where a package's file is kept. */
export function packageFile(home: ImageHome, { sha256 }: LockedPackage): string {
  return join(cacheFolder.packages(home), `${sha256}.deb`);
}

/** The name that a package's file has in an archive; a colon in the version is written `%3a` there. */
export function packageFileName({ name, version, architecture }: LockedPackage): string {
  return `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
}

/** Those packages whose exact file the archive does not offer any more. */
async function noLongerThere(archive: Archive, wanted: readonly LockedPackage[]): Promise<LockedPackage[]> {
  const offered = new Set((await archive.exact(wanted)).map((stanza: PackageStanza) => stanza.sha256));
  return wanted.filter(({ sha256 }) => !offered.has(sha256));
}

/** Those packages that are not in the cache, or damaged there. */
async function missingFrom(home: ImageHome, wanted: readonly LockedPackage[]): Promise<LockedPackage[]> {
  const sound = await Promise.all(
    wanted.map(async (entry) => {
      const digest = await sha256OfFile(packageFile(home, entry)).catch(() => undefined);
      return digest === entry.sha256;
    }),
  );
  return wanted.filter((_, index) => !sound[index]);
}

/** Fetches into a scratch folder, checks, and moves what is sound into the cache. */
async function fetchMissing(
  home: ImageHome,
  archive: Archive,
  wanted: readonly LockedPackage[],
  { progress }: ObtainOptions,
): Promise<void> {
  const missing = await missingFrom(home, wanted);
  if (missing.length === 0) return;
  const bytes = missing.reduce((sum, { size }) => sum + size, 0);
  await requireSpace(home.cacheDir, bytes, `fetching ${missing.length} packages`);
  progress.report({ doing: `fetching ${missing.length} packages` });

  // We hold the lock `apt`: whatever is in its scratch folder was left by somebody who is gone.
  const scratch = cacheFolder.scratch(home, 'apt');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  await mkdir(cacheFolder.packages(home), { recursive: true });
  const folder = await mkdtemp(join(scratch, 'packages-'));
  try {
    await archive.download(missing, folder);
    for (const file of await readdir(folder)) {
      const path = join(folder, file);
      const sha256 = await sha256OfFile(path);
      const entry = missing.find((candidate) => candidate.sha256 === sha256);
      if (!entry) continue;
      await chmod(path, 0o444);
      await rename(path, packageFile(home, entry));
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const wrong = await missingFrom(home, missing);
  if (wrong.length > 0)
    throw new ImageError(
      `fetched packages have another SHA-256 than announced: ${wrong.map(packageFileName).join(', ')}`,
      {
        next: 'try again; if it stays so, the mirror is damaged',
      },
    );
}
