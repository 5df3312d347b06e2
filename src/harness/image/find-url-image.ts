/** Images that are one file from the network: found in the cache, never downloaded. */
import { entryFiles, entryFolder, lookUpEntry } from './cache-entry.ts';
import { sha256OfText } from './digest.ts';
import type { Found } from './image.ts';
import type { ImageHome } from './image-home.ts';
import { type ImageSpec, MANIFEST_FILE, singleFile } from './manifest.ts';

export type UrlSource = Extract<ImageSpec['source'], { kind: 'url' }>;
export type VerifiedUrl = UrlSource & { readonly sha256: string };

/** Why an image is not downloaded that nobody has vouched for. */
export const UNVERIFIED = `has no SHA-256 in ${MANIFEST_FILE}`;

/** The key of a downloaded image: its bytes, wherever they come from, and the file's name. */
export function urlKey(spec: ImageSpec, { sha256 }: VerifiedUrl): string {
  return sha256OfText(JSON.stringify(['url', sha256, singleFile(spec)]));
}

/** Looks the image up in the cache; downloads nothing. */
export async function findUrlImage(
  home: ImageHome,
  name: string,
  spec: ImageSpec,
  source: UrlSource,
): Promise<Found> {
  if (!isVerified(source)) return { is: 'absent', why: UNVERIFIED };
  const folder = entryFolder(home, name, urlKey(spec, source));
  const state = await lookUpEntry(folder);
  if (state.is === 'absent') return { is: 'absent', why: 'is not downloaded yet' };
  if (state.is === 'damaged') return state;
  const { entry } = state;
  return { is: 'ready', image: { name, digest: entry.digest, files: entryFiles(folder, entry), spec } };
}

export function isVerified(source: UrlSource): source is VerifiedUrl {
  return source.sha256 !== undefined;
}
