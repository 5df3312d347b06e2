/** Where images are described and where they are kept. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../host/cache-directory.ts';

export interface ImageHome {
  /** Folder of images.manifest.json, images.lock.json and the recipes. */
  readonly root: string;
  readonly cacheDir: string;
  /** For DOMES_IMAGE_…, DOMES_LOCKED and DOMES_APT_SOURCES. */
  readonly env: NodeJS.ProcessEnv;
}

/** This project's own manifest, and the user's cache. */
export function defaultHome(env: NodeJS.ProcessEnv = process.env): ImageHome {
  const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');
  return { root, cacheDir: cacheDirectory(env), env };
}

/** Folders of the cache. */
export const cacheFolder = {
  /** Finished images, one folder each: `<name>-<key>`. */
  images: (home: ImageHome) => join(home.cacheDir, 'images'),
  /** Debian packages by their SHA-256. */
  packages: (home: ImageHome) => join(home.cacheDir, 'packages'),
  /** apt's private state: lists and configuration. */
  apt: (home: ImageHome) => join(home.cacheDir, 'apt'),
  /** One lock file each; never removed, since a waiting process may hold it open. */
  locks: (home: ImageHome) => join(home.cacheDir, 'locks'),
  /** What is being made, in a folder for each lock: who holds the lock owns all that is in it. */
  scratch: (home: ImageHome, lock: string) => join(home.cacheDir, 'scratch', lock),
  /** Digests of local files, so that a large one is read once only. */
  digests: (home: ImageHome) => join(home.cacheDir, 'digests'),
} as const;
