/** How much room the stored checkpoints take, and which go when it is too much. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freeBytes } from '../../image/disk-space.ts';
import type { ImageHome } from '../../image/image-home.ts';
import { megabytes } from '../../image/megabytes.ts';
import { discardFolder } from './change-store.ts';
import { type Entry, listEntries } from './entry.ts';
import { storeFolder } from './store-folder.ts';

/** POSIX: st_blocks counts units of 512 bytes, whatever the file system's own blocks are. */
const BLOCK_BYTES = 512;

export interface StoreRoom {
  /** Bytes on the disk, of each entry's folder; a disk layer that several share counts for each. */
  readonly ofFolder: ReadonlyMap<string, number>;
  /** All together; what is shared counts once. */
  readonly total: number;
}

/** What the folders take on the disk: sparse files only what is allocated. */
export async function roomOf(folders: readonly string[]): Promise<StoreRoom> {
  const files = await Promise.all(folders.map(filesIn));
  const seen = new Map<string, number>();
  for (const file of files.flat()) seen.set(file.inode, file.bytes);
  return {
    ofFolder: new Map(folders.map((folder, index) => [folder, sum(files[index]?.map(({ bytes }) => bytes))])),
    total: sum([...seen.values()]),
  };
}

/**
 * Removes the checkpoints that were used longest ago until the store is within its limit. Those that are being made or
 * used stay.
 * @param limit bytes.
 * @returns what was removed.
 */
export async function keepWithin(home: ImageHome, limit: number): Promise<Entry[]> {
  const { entries } = await listEntries(home);
  const left = new Set(entries);
  const removed: Entry[] = [];
  for (const oldest of entries.reverse()) {
    const { total } = await roomOf([...left].map(({ folder }) => folder));
    if (total <= limit) break;
    if (!(await discardFolder(home, oldest.folder))) continue;
    left.delete(oldest);
    removed.push(oldest);
  }
  return removed;
}

/** Room that a save may need: without it QEMU would be lost in the middle of it. */
const RESERVE_BYTES = 2 ** 30;

/**
 * Makes room on the disk for one more, at the cost of those unused for longest.
 * @returns why there is not enough, if there is not.
 */
export async function makeRoom(home: ImageHome, bytes = RESERVE_BYTES): Promise<string | undefined> {
  const folder = storeFolder(home);
  if ((await freeBytes(folder)) >= bytes) return undefined;
  const { entries } = await listEntries(home);
  for (const oldest of entries.reverse()) {
    await discardFolder(home, oldest.folder);
    if ((await freeBytes(folder)) >= bytes) return undefined;
  }
  return `${folder} has only ${megabytes(await freeBytes(folder))} free`;
}

async function filesIn(folder: string): Promise<{ inode: string; bytes: number }[]> {
  const names = await readdir(folder).catch(() => []);
  const infos = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return infos.flatMap((info) =>
    info?.isFile() ? [{ inode: `${info.dev}:${info.ino}`, bytes: info.blocks * BLOCK_BYTES }] : [],
  );
}

function sum(values: readonly number[] = []): number {
  return values.reduce((total, value) => total + value, 0);
}
