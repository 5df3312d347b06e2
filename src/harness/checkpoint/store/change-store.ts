/** What changes the store: one rename puts a checkpoint there, one takes it away. */
import { rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImageHome } from '../../image/image-home.ts';
import { type CheckpointNote, writeNote } from './entry.ts';
import { lockForUse, tryLockForRemoval, tryLockForReplacing } from './entry-lock.ts';
import { entryFolder, scratchFolder } from './store-folder.ts';

export interface Making {
  readonly note: CheckpointNote;
  /** Renames what was made to its place. */
  readonly move: (folder: string) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a finished folder a stored checkpoint, in the place of a former one of the same key. The caller holds the lock
 * on its making.
 * @returns the lock on its use; undefined when machines still run from the former one, which then stays.
 */
export async function put(
  home: ImageHome,
  made: string,
  { note, move, signal }: Making,
): Promise<AsyncDisposable | undefined> {
  await writeNote(made, note);
  const place = entryFolder(home, note);
  if (await exists(place)) {
    await using alone = await tryLockForReplacing(home, note);
    if (!alone) return undefined;
    await takeAway(home, place);
  }
  const use = await lockForUse(home, note, { signal });
  try {
    await move(place);
    return use;
  } catch (error) {
    await use[Symbol.asyncDispose]();
    throw error;
  }
}

/** Removes what is stored. Returns false when it is being made, or machines run from it. */
export async function discard(home: ImageHome, stored: { name: string; key: string }): Promise<boolean> {
  return discardFolder(home, entryFolder(home, stored));
}

/** The same by its folder, for what says no more who it is. */
export async function discardFolder(home: ImageHome, folder: string): Promise<boolean> {
  await using alone = await tryLockForRemoval(home, basename(folder));
  if (!alone) return false;
  if (await exists(folder)) await takeAway(home, folder);
  return true;
}

/** Out of sight by one rename, then piece by piece. */
async function takeAway(home: ImageHome, folder: string): Promise<void> {
  await using aside = await scratchFolder(home);
  await rename(folder, join(aside.path, basename(folder)));
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
