/** Images that are built here from a recipe: found in the cache, never built. */
import { readdir } from 'node:fs/promises';
import { entryFiles, entryFolder, lookUpEntry } from './cache-entry.ts';
import type { Found } from './image.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';
import { type LockedPackage, lockedFor, readLocked } from './lock-file.ts';
import type { ImageSpec } from './manifest.ts';
import { checkOutputs, type Recipe, readRecipe, recipeKey } from './recipe.ts';

/** An image as a recipe and exact packages determine it. */
export interface BuildPlan {
  readonly name: string;
  readonly spec: ImageSpec;
  readonly recipe: Recipe;
  readonly packages: readonly LockedPackage[];
}

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
  if (!packages) return { is: 'absent', why: await whyNotBuilt(home, name) };
  return findBuilt(home, { name, spec, recipe, packages });
}

/** Looks up what was built by this plan. */
export async function findBuilt(
  home: ImageHome,
  { name, spec, recipe, packages }: BuildPlan,
): Promise<Found> {
  const folder = entryFolder(home, name, recipeKey(recipe, packages));
  const state = await lookUpEntry(folder);
  if (state.is === 'absent') return { is: 'absent', why: await whyNotBuilt(home, name) };
  if (state.is === 'damaged') return state;
  const { entry } = state;
  return { is: 'ready', image: { name, digest: entry.digest, files: entryFiles(folder, entry), spec } };
}

async function whyNotBuilt(home: ImageHome, name: string): Promise<string> {
  const entries = await readdir(cacheFolder.images(home)).catch(() => []);
  const wasBuilt = entries.some((entry) => entry.replace(/-[0-9a-f]{16}$/, '') === name);
  return wasBuilt ? 'is not built since its recipe or its packages changed' : 'is not built yet';
}
