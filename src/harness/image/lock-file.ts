/** images.lock.json: the exact packages that each recipe image was built from. Committed, so that others build the same. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../host/atomic-file.ts';
import { exactObject, readCheckedJson } from './checked-json.ts';
import { sha256OfText } from './digest.ts';
import { lock } from './exclusive.ts';
import type { ImageHome } from './image-home.ts';
import type { PackageRequest } from './recipe.ts';

export const LOCK_FILE = 'images.lock.json';

const LockedPackage = exactObject({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256'),
  /** Bytes of the package file. */
  size: z.int().positive(),
  /** The package by whose dependencies it was found, where the recipe says so. */
  dependencyOf: z.string().optional(),
});
export type LockedPackage = z.output<typeof LockedPackage>;

const LockFile = exactObject({
  images: z.record(z.string(), exactObject({ packages: z.array(LockedPackage) })),
});

/** The locked packages of an image; undefined when it was never built. */
export async function readLocked(
  home: ImageHome,
  name: string,
): Promise<readonly LockedPackage[] | undefined> {
  return (await readAll(home)).images[name]?.packages;
}

/** All locked packages, of whatever image. */
export async function readAllLocked(home: ImageHome): Promise<LockedPackage[]> {
  return Object.values((await readAll(home)).images).flatMap(({ packages }) => packages);
}

/** Replaces the packages of one image; what other processes write for other images meanwhile is kept. */
export async function writeLocked(
  home: ImageHome,
  name: string,
  packages: readonly LockedPackage[],
): Promise<void> {
  await using _ = await lock(home, `lock-file-${sha256OfText(home.root).slice(0, 16)}`);
  const { images } = await readAll(home);
  const all = { ...images, [name]: { packages: [...packages].sort((a, b) => (a.name < b.name ? -1 : 1)) } };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeAtomically(join(home.root, LOCK_FILE), `${JSON.stringify({ images: sorted }, undefined, 2)}\n`);
}

/**
 * The locked packages that the recipe asks for, or undefined when the lock does not have all of them: the recipe was
 * changed since.
 */
export function lockedFor(
  requests: readonly PackageRequest[],
  locked: readonly LockedPackage[] | undefined,
): LockedPackage[] | undefined {
  const found = requests.map((request) => locked?.find((candidate) => answers(candidate, request)));
  return found.every((candidate) => candidate !== undefined) ? found : undefined;
}

function answers(locked: LockedPackage, request: PackageRequest): boolean {
  if (typeof request === 'string') return locked.name === request && locked.dependencyOf === undefined;
  return locked.dependencyOf === request.name && new RegExp(request.dependsMatching).test(locked.name);
}

async function readAll(home: ImageHome): Promise<z.output<typeof LockFile>> {
  const path = join(home.root, LOCK_FILE);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  return exists ? readCheckedJson(path, LOCK_FILE, LockFile) : { images: {} };
}
