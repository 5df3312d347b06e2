/** What is done for stored checkpoints while nobody uses them: safe on the platter, and smaller. */
import { basename } from 'node:path';
import { AbortError, SnapshotError } from '../../errors.ts';
import type { ImageHome } from '../image/image-home.ts';
import { compressSnapshot, syncSnapshot } from '../snapshot/at-rest.ts';
import { readSnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { type Entry, listEntries, lookUp } from './store/entry.ts';
import { lockForUse, tryLockForRemoval } from './store/entry-lock.ts';
import { roomOf } from './store/room.ts';

export interface Resting {
  /** Only what was not used for so long, ms. */
  readonly unusedForMs: number;
  /** At most so many; default: all. */
  readonly most?: number;
  readonly signal?: AbortSignal;
}

/**
 * Compresses checkpoints that no machine runs from. A restore from a compressed one takes longer, once.
 * @returns bytes saved on the disk.
 * @throws AbortError when the signal comes first; SnapshotError when the disk is full, say.
 */
export async function compressResting(
  home: ImageHome,
  { unusedForMs, most = Number.POSITIVE_INFINITY, signal }: Resting,
): Promise<number> {
  const { entries } = await listEntries(home);
  const resting = entries.filter(({ usedAt }) => Date.now() - usedAt >= unusedForMs);
  let saved = 0;
  let left = most;
  // The longest unused first.
  for (const { folder } of resting.reverse()) {
    if (left === 0) break;
    if (signal?.aborted)
      throw new AbortError('the run was cancelled while checkpoints were being compressed');
    await using alone = await tryLockForRemoval(home, basename(folder));
    if (!alone) continue;
    const snapshot = await readable(folder);
    if (!snapshot) continue;
    const before = await roomOf([folder]);
    await compressSnapshot(snapshot, signal);
    const after = await roomOf([folder]);
    if (before.total !== after.total) left--;
    saved += before.total - after.total;
  }
  return saved;
}

/** Writes what was stored to the platter: without that it is not trusted after a power cut. */
export async function syncStored(home: ImageHome, entries: readonly Entry[]): Promise<void> {
  for (const { folder, note } of entries) {
    await using _ = await lockForUse(home, note, {});
    const state = await lookUp(home, note);
    if (state.is !== 'stored') continue;
    const snapshot = await readable(folder);
    if (snapshot?.record.unsafeSinceBoot !== undefined) await syncSnapshot(snapshot);
  }
}

/** Another version of domes, which shares the store, may have saved it: then it is that one's to look after. */
async function readable(folder: string): Promise<Snapshot | undefined> {
  try {
    return await readSnapshot(folder);
  } catch (error) {
    if (error instanceof SnapshotError) return undefined;
    throw error;
  }
}
