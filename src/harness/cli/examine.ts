/** All checks of `domes doctor`: the host's, those of the images, and of the hosts of DOMES_HOST. */
import { DomesError } from '../../errors.ts';
import { type Check, examineHost } from '../host/examination.ts';
import { freeBytes } from '../image/disk-space.ts';
import { isVerified } from '../image/find-url-image.ts';
import { defaultHome, type ImageHome } from '../image/image-home.ts';
import { inventory, type Standing } from '../image/inventory.ts';
import { readManifest } from '../image/manifest.ts';
import { megabytes } from '../image/megabytes.ts';
import { readRecipe } from '../image/recipe.ts';
import { examineHosts } from '../remote/examination.ts';

/** Room for the packages, the scratch folder and the outputs of the built-in image. */
const BUILD_BYTES = 1e9;

export async function examine(home: ImageHome = defaultHome()): Promise<Check[]> {
  try {
    const images = await inventory(home);
    return [
      ...(await examineHost(await recipeTools(home))),
      await disk(home, images),
      ...images.map(imageCheck),
      ...(await examineHosts(home.env)),
    ];
  } catch (error) {
    if (!(error instanceof DomesError)) throw error;
    return [...(await examineHost([])), { name: 'images', state: 'trouble', found: error.summary }];
  }
}

async function recipeTools(home: ImageHome): Promise<string[]> {
  const { images } = await readManifest(home.root);
  const recipes = await Promise.all(
    Object.values(images).flatMap(({ source }) =>
      source.kind === 'recipe' ? [readRecipe(home.root, source.recipe)] : [],
    ),
  );
  return recipes.flatMap(({ tools }) => tools);
}

async function disk(home: ImageHome, images: readonly Standing[]): Promise<Check> {
  const free = await freeBytes(home.cacheDir);
  const toBuild = images.some(({ state }) => state !== 'ready');
  const found = `${megabytes(free)} free in ${home.cacheDir}`;
  if (free >= BUILD_BYTES) return { name: 'disk', state: 'fine', found };
  return {
    name: 'disk',
    state: toBuild ? 'trouble' : 'note',
    found: `${found}; building an image takes about ${megabytes(BUILD_BYTES)}`,
    mend: 'npx domes images prune',
  };
}

function imageCheck({ name, spec, state, why, size = 0, overridden }: Standing): Check {
  if (state === 'ready') {
    const found = `${megabytes(size)}, ready${overridden ? ' (your own file, by DOMES_IMAGE_…)' : ''}`;
    return { name: `image ${name}`, state: 'fine', found };
  }
  // Nothing here can make it: it is for those who have its medium.
  if (spec.source.kind === 'url' && !isVerified(spec.source))
    return {
      name: `image ${name}`,
      state: 'note',
      found: `${why}: npx domes images build ${name} says more`,
    };
  return {
    name: `image ${name}`,
    state: 'trouble',
    found: why ?? state,
    mend: `npx domes images build ${name}`,
  };
}
