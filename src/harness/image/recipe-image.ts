/** Images that are built here from a recipe. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError } from '../../errors.ts';
import { buildRecipe } from './build.ts';
import { commitEntry, entryFiles, entryFolder, lookUpEntry, removeEntry } from './cache-entry.ts';
import { lock } from './exclusive.ts';
import type { Found, Image } from './image.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';
import { type LockedPackage, lockedFor, readLocked, writeLocked } from './lock-file.ts';
import type { ImageSpec } from './manifest.ts';
import { type ObtainOptions, obtainPackages } from './packages.ts';
import { checkOutputs, type Recipe, readRecipe, recipeKey } from './recipe.ts';

/** Looks the image up in the cache; builds and fetches nothing. */
export async function findRecipeImage(
  home: ImageHome,
  name: string,
  spec: ImageSpec,
  recipeFolder: string,
): Promise<Found> {
  const recipe = await readRecipe(home.root, recipeFolder);
  checkOutputs(name, spec, recipe);
  const locked = await readLocked(home, name);
  const packages = lockedFor(recipe.packages, locked);
  if (!packages)
    return { is: 'absent', why: locked ? 'its recipe asks for other packages now' : 'is not built yet' };
  return findBuilt(home, { name, spec, recipe, packages });
}

/** The image, built if need be. Two processes that want the same one: the second waits for the first. */
export async function ensureRecipeImage(
  home: ImageHome,
  { name, spec, recipeFolder }: { name: string; spec: ImageSpec; recipeFolder: string },
  options: ObtainOptions,
): Promise<Image> {
  const before = await findRecipeImage(home, name, spec, recipeFolder);
  if (before.is === 'ready') return before.image;

  await using _ = await lock(home, `image-${name}`, {
    signal: options.signal,
    onWait: (owner) => options.progress.note(`waiting for ${owner}, which is building ${name}`),
  });
  const recipe = await readRecipe(home.root, recipeFolder);
  const locked = await readLocked(home, name);
  const packages = await obtainPackages(home, recipe, locked, options);
  const wanted = { name, spec, recipe, packages };

  // Somebody else may have built it while we waited, or today's packages are ones it was built from before.
  let found = await findBuilt(home, wanted);
  if (found.is !== 'ready') {
    if (found.is === 'damaged')
      options.progress.note(`image ${name} is damaged (${found.why}): building it anew`);
    await build(home, wanted, found.is === 'damaged', options);
    found = await findBuilt(home, wanted);
  }
  if (!sameAsLocked(packages, locked)) await writeLocked(home, name, packages);
  if (found.is === 'ready') return found.image;
  throw new ImageError(`image ${name} was built and is not to be used all the same: ${found.why}`);
}

interface Wanted {
  readonly name: string;
  readonly spec: ImageSpec;
  readonly recipe: Recipe;
  readonly packages: readonly LockedPackage[];
}

async function findBuilt(home: ImageHome, { name, spec, recipe, packages }: Wanted): Promise<Found> {
  const folder = entryFolder(home, name, recipeKey(recipe, packages));
  const state = await lookUpEntry(folder);
  if (state.is === 'absent') return { is: 'absent', why: 'is not built yet' };
  if (state.is === 'damaged') return state;
  const { entry } = state;
  return { is: 'ready', image: { name, digest: entry.digest, files: entryFiles(folder, entry), spec } };
}

async function build(
  home: ImageHome,
  wanted: Wanted,
  replace: boolean,
  options: ObtainOptions,
): Promise<void> {
  const { name, recipe, packages } = wanted;
  const key = recipeKey(recipe, packages);
  // We hold the image's lock: what is in its scratch folder was left by somebody who is gone.
  const scratch = cacheFolder.scratch(home, `image-${name}`);
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  try {
    const made = await buildRecipe(home, { recipe, packages, scratch }, options);
    options.progress.report({ doing: 'checking what was built' });
    if (replace) await removeEntry(entryFolder(home, name, key), join(scratch, 'damaged'));
    await commitEntry(home, made, { name, key, files: recipe.outputs });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function sameAsLocked(
  packages: readonly LockedPackage[],
  locked: readonly LockedPackage[] | undefined,
): boolean {
  const digests = (list: readonly LockedPackage[]) =>
    list
      .map(({ sha256 }) => sha256)
      .sort()
      .join();
  return locked !== undefined && digests(packages) === digests(locked);
}
