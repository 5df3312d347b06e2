/** Images that are built here from a recipe: built when they are not there. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError } from '../../errors.ts';
import { buildRecipe } from './build.ts';
import { commitEntry, entryFolder, removeEntry } from './cache-entry.ts';
import { lock } from './exclusive.ts';
import { type BuildPlan, findBuilt, findRecipeImage } from './find-recipe-image.ts';
import type { Image } from './image.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';
import { type LockedPackage, readLocked, writeLocked } from './lock-file.ts';
import type { ImageSpec } from './manifest.ts';
import { type ObtainOptions, obtainPackages } from './packages.ts';
import { readRecipe, recipeKey } from './recipe.ts';

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
  const plan: BuildPlan = { name, spec, recipe, packages };

  // Somebody else may have built it while we waited, or today's packages are ones it was built from before.
  let found = await findBuilt(home, plan);
  if (found.is !== 'ready') {
    if (found.is === 'damaged')
      options.progress.note(`image ${name} is damaged (${found.why}): building it anew`);
    await build(home, plan, found.is === 'damaged', options);
    found = await findBuilt(home, plan);
  }
  if (!sameAsLocked(packages, locked)) await writeLocked(home, name, packages);
  if (found.is === 'ready') return found.image;
  throw new ImageError(`image ${name} was built and is not to be used all the same: ${found.why}`);
}

async function build(
  home: ImageHome,
  plan: BuildPlan,
  replace: boolean,
  options: ObtainOptions,
): Promise<void> {
  const { name, recipe, packages } = plan;
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
