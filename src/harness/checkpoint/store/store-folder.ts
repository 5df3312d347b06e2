/** Where checkpoints are stored: a folder of the cache, and in it one folder for each. */
import { mkdtempSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '../../../errors.ts';
import type { ImageHome } from '../../image/image-home.ts';
import { startGuard } from '../../runner/guard.ts';
import { RUNNER_PREFIX, writeOwner } from '../../runner/owner.ts';
import { reapAbandoned } from '../../runner/reaper.ts';

/** Digits of the key in a folder's name. */
const KEY_DIGITS = 16;

/** Names of checkpoints start with a letter or a digit: this is none. */
export const SCRATCH = '.scratch';

export function storeFolder({ cacheDir }: ImageHome): string {
  return join(cacheDir, 'checkpoints');
}

/** `installed-xen-3f9a…`: name of the folder, and of its locks. */
export function entryName(name: string, key: string): string {
  return `${name}-${key.slice(0, KEY_DIGITS)}`;
}

export function entryFolder(home: ImageHome, { name, key }: { name: string; key: string }): string {
  return join(storeFolder(home), entryName(name, key));
}

const scratchFolders = new Map<string, string>();
let made = 0;

export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * A fresh folder for what is being made or taken away, on the store's file system, so that it can be renamed there. It
 * goes with this process at the latest; what a power cut leaves goes when another process asks for one.
 * @throws HostError when the store can't be written.
 */
export async function scratchFolder(home: ImageHome): Promise<ScratchFolder> {
  const path = join(await ownScratch(home), String(++made));
  await mkdir(path, { mode: 0o700 });
  // What can't be removed now goes with the process.
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }).catch(() => {}) };
}

async function ownScratch(home: ImageHome): Promise<string> {
  const root = join(storeFolder(home), SCRATCH);
  const known = scratchFolders.get(root);
  if (known !== undefined) return known;
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    reapAbandoned(root);
    const own = mkdtempSync(join(root, RUNNER_PREFIX));
    writeOwner(own);
    startGuard({ folder: own });
    scratchFolders.set(root, own);
    return own;
  } catch (cause) {
    throw new HostError(
      'DOMES_CHECKPOINT_STORE',
      `checkpoints can't be kept in ${storeFolder(home)}: ${(cause as Error).message}`,
      { next: 'make it writable, set DOMES_CACHE to another folder, or set DOMES_CHECKPOINTS=off' },
      { cause },
    );
  }
}
