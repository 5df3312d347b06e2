/** Images for those who may wait: built or downloaded when they are not there. */
import { AbortError, DomesError, ImageError } from '../../errors.ts';
import { diskFullError, isDiskFull } from './disk-space.ts';
import { ensureRecipeImage } from './ensure-recipe-image.ts';
import { ensureUrlImage } from './ensure-url-image.ts';
import { lookUpImage, notReady, specFor } from './find-image.ts';
import type { Image } from './image.ts';
import { defaultHome, type ImageHome } from './image-home.ts';
import { type Progress, silentProgress } from './progress.ts';

export interface EnsureOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Refuse whatever would change images.lock.json; default: `DOMES_LOCKED=1`. */
  readonly locked?: boolean;
  readonly home?: ImageHome;
}

/**
 * An image, made ready to be booted if it is not.
 * @throws ImageError when it cannot be had, HostSetupError when a program is missing, ScenarioError for mistakes in the
 * manifest or the recipe, AbortError when the signal comes first. Nothing half-written is left.
 */
export async function ensureImage(
  name: string,
  {
    progress = silentProgress,
    signal,
    home = defaultHome(),
    locked = home.env.DOMES_LOCKED === '1',
  }: EnsureOptions = {},
): Promise<Image> {
  const options = { progress, signal, locked };
  try {
    const spec = await specFor(home, name);
    const { source } = spec;
    if (source.kind === 'recipe')
      return await ensureRecipeImage(home, { name, spec, recipeFolder: source.recipe }, options);
    if (source.kind === 'url') return await ensureUrlImage(home, { name, spec, source }, options);
    const found = await lookUpImage(home, name, spec, options);
    if (found.is === 'ready') return found.image;
    throw notReady(name, found, spec);
  } catch (error) {
    throw await explained(error, { name, home, signal });
  }
}

/** What the file system refused, in words; everything else as it is. */
async function explained(
  error: unknown,
  { name, home, signal }: { name: string; home: ImageHome; signal: AbortSignal | undefined },
): Promise<unknown> {
  if (error instanceof DomesError) return error;
  if (signal?.aborted) return new AbortError(`the run was cancelled while image ${name} was being made`);
  if (isDiskFull(error)) return diskFullError(home.cacheDir, `image ${name}`, error);
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  // Only errors of system calls are the host's; anything else is our own mistake and keeps its stack.
  if (!code || !syscall) return error;
  return new ImageError(
    `image ${name} cannot be kept: ${code} (${syscall} ${path ?? ''})`,
    { next: `make ${home.cacheDir} writable, or set DOMES_CACHE to another folder` },
    { cause: error },
  );
}
