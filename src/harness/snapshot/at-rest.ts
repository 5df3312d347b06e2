/** Snapshots at rest: safe on the platter, and compressed; thawed again by whoever restores one. */
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../host/atomic-file.ts';
import { compressFile, decompressFile } from '../host/zstd.ts';
import { bootId } from './boot-id.ts';
import { Snapshot } from './snapshot.ts';
import { COMPRESSED, RAM_FILE, RECORD_FILE, type SnapshotRecord } from './snapshot-record.ts';

/** What is large in a snapshot and its own alone: the memory, or the disk that it is in. */
function largeFile({ kind, disks }: SnapshotRecord): string | undefined {
  return kind === 'template' ? RAM_FILE : disks[0]?.layers[0]?.file;
}

/**
 * Compresses a snapshot, in place; machines that were restored from it may run on. Restoring it decompresses it first.
 * @throws HostSetupError without zstd; HostError with its words.
 */
export async function compressSnapshot(snapshot: Snapshot, signal?: AbortSignal): Promise<void> {
  const name = largeFile(snapshot.record);
  const file = name === undefined ? undefined : join(snapshot.folder, name);
  // A disk that other snapshots have a layer of would be there twice.
  if (file === undefined || (await linksOf(file)) !== 1) return;
  const half = `${file}.${process.pid}.tmp`;
  try {
    await compressFile(file, half, signal);
    await synced(half);
    await rename(half, file + COMPRESSED);
    await rm(file, { force: true });
  } finally {
    await rm(half, { force: true });
  }
}

/** Decompresses what is compressed; several may do it at once. The compressed file goes when it is no longer needed. */
export async function thaw({ folder, record }: Snapshot, signal?: AbortSignal): Promise<void> {
  const name = largeFile(record);
  const file = name === undefined ? undefined : join(folder, name);
  if (file === undefined || (await linksOf(file)) > 0) return;
  const half = `${file}.${process.pid}-${performance.now()}.tmp`;
  try {
    await decompressFile(file + COMPRESSED, half, signal);
    await writeRecord(folder, { ...record, unsafeSinceBoot: bootId() });
    await rename(half, file);
  } finally {
    await rm(half, { force: true });
  }
  await rm(file + COMPRESSED, { force: true });
}

/**
 * Waits until a snapshot is on the platter. Until then a power cut can take parts of it, and it is refused after one.
 */
export async function syncSnapshot(snapshot: Snapshot): Promise<Snapshot> {
  const { folder, record } = snapshot;
  for (const name of await readdir(folder)) await synced(join(folder, name));
  const { unsafeSinceBoot: _, ...safe } = record;
  await writeRecord(folder, safe);
  await synced(folder);
  return new Snapshot(folder, safe);
}

function writeRecord(folder: string, record: SnapshotRecord): Promise<void> {
  return writeAtomically(join(folder, RECORD_FILE), JSON.stringify(record));
}

async function synced(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}

/** 0 when there is no such file. */
function linksOf(path: string): Promise<number> {
  return stat(path).then(
    ({ nlink }) => nlink,
    () => 0,
  );
}
