/** Images for those who only use them: found, never built. */
import { ImageError } from '../../errors.ts';
import { findLocalImage } from './find-local-image.ts';
import { findRecipeImage } from './find-recipe-image.ts';
import { findUrlImage, UNVERIFIED } from './find-url-image.ts';
import type { Found, Image } from './image.ts';
import { defaultHome, type ImageHome } from './image-home.ts';
import { type ImageSpec, readManifest, specOf } from './manifest.ts';
import { overridden, overrideOf, overrideVariable } from './override.ts';
import { type Progress, silentProgress } from './progress.ts';

export type { Image } from './image.ts';

/**
 * An image that is ready to be booted. Builds and downloads nothing: a scenario must not take minutes all of a sudden.
 * @throws ImageError with the command that mends it when the image is missing or damaged; ScenarioError when the
 * manifest has no such image or a mistake in it.
 */
export async function findImage(
  name: string,
  { home = defaultHome() }: { home?: ImageHome } = {},
): Promise<Image> {
  const spec = await specFor(home, name);
  const found = await lookUpImage(home, name, spec);
  if (found.is === 'ready') return found.image;
  throw notReady(name, found, spec);
}

/**
 * Why an image can't be booted now, with the command that mends it; `undefined` when it can. For scenarios about media
 * that not everybody has.
 * @throws ScenarioError when the manifest has no such image or a mistake in it; ImageError when the environment names a
 * file for it that is not there, or is something else.
 */
export async function whyNoImage(
  name: string,
  { home = defaultHome() }: { home?: ImageHome } = {},
): Promise<string | undefined> {
  const spec = await specFor(home, name);
  const found = await lookUpImage(home, name, spec);
  if (found.is === 'ready') return undefined;
  // Who has named a file wants it to be used.
  if (overrideOf(name, home.env) !== undefined)
    throw new ImageError(`image ${name} ${found.why} (${overrideVariable(name)} names it)`, {
      next: 'put the file there, or correct its path',
    });
  const { summary, facts } = notReady(name, found, spec);
  return facts.next ? `${summary}; ${facts.next}` : summary;
}

/** What the manifest, and the environment, say about an image. */
export async function specFor(home: ImageHome, name: string): Promise<ImageSpec> {
  const manifest = await readManifest(home.root);
  return overridden(name, specOf(manifest, name), manifest, home.env);
}

/** Whether the image can be used as it is. */
export function lookUpImage(
  home: ImageHome,
  name: string,
  spec: ImageSpec,
  options: { progress: Progress; signal?: AbortSignal | undefined } = { progress: silentProgress },
): Promise<Found> {
  const { source } = spec;
  switch (source.kind) {
    case 'recipe':
      return findRecipeImage(home, name, spec, source.recipe);
    case 'url':
      return findUrlImage(home, name, spec, source);
    case 'file':
      return findLocalImage(home, { name, spec, source }, options);
  }
}

/** The error for an image that is not there; a local file is nothing that we could build. */
export function notReady(name: string, found: Exclude<Found, { is: 'ready' }>, spec: ImageSpec): ImageError {
  const summary = found.is === 'damaged' ? `is damaged: ${found.why}` : found.why;
  return new ImageError(`image ${name} ${summary}`, {
    next: nextFor(name, found, spec),
  });
}

function nextFor(name: string, { why }: Exclude<Found, { is: 'ready' }>, { source }: ImageSpec): string {
  if (why.startsWith('needs ') || why.startsWith('cannot read '))
    return `put the file there, or name another: export ${overrideVariable(name)}=<its path>`;
  if (why === UNVERIFIED && source.kind === 'url')
    return `get ${source.url} and run: export ${overrideVariable(name)}=<its path>`;
  return `run: npx domes images build ${name}`;
}
