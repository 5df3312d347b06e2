/** A snapshot: one folder with the saved state of a machine. It needs nothing else but the image's own files. */
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SnapshotError } from '../../errors.ts';
import { allocatedBytes } from '../host/sparse-file.ts';
import { sha256OfFile } from '../image/digest.ts';
import { bootId } from './boot-id.ts';
import { COMPRESSED, DEVICES_FILE, RAM_FILE, RECORD_FILE, SnapshotRecord } from './snapshot-record.ts';

export class Snapshot {
  readonly record: SnapshotRecord;
  #folder: string;

  constructor(folder: string, record: SnapshotRecord) {
    this.#folder = folder;
    this.record = record;
  }

  /** Where it is now. */
  get folder(): string {
    return this.#folder;
  }

  get ramFile(): string {
    return join(this.#folder, RAM_FILE);
  }

  get devicesFile(): string {
    return join(this.#folder, DEVICES_FILE);
  }

  /** Renames its folder, within one file system. Machines that go on from it may be running. */
  async moveTo(folder: string): Promise<void> {
    await rename(this.#folder, folder);
    this.#folder = folder;
  }

  /** What it takes on the disk, bytes; of files that it shares with other snapshots each one counts them in full. */
  async allocatedBytes(): Promise<number> {
    let sum = 0;
    for (const name of [RECORD_FILE, ...Object.keys(this.record.files)])
      sum += await allocatedBytes(await present(join(this.#folder, name))).catch(() => 0);
    return sum;
  }
}

/**
 * Reads a snapshot and checks that it is whole: every file is there with its size, the small ones with their digest.
 * @throws SnapshotError that says what is wrong.
 */
export async function readSnapshot(folder: string): Promise<Snapshot> {
  const snapshot = new Snapshot(folder, await readRecord(folder));
  const { files, unsafeSinceBoot } = snapshot.record;
  if (unsafeSinceBoot !== undefined && unsafeSinceBoot !== bootId())
    throw unfit(folder, 'the host was started anew before all of it was on its disk');
  await Promise.all(
    Object.entries(files).map(async ([name, { bytes, sha256 }]) => {
      const path = await present(join(folder, name));
      const found = await stat(path).catch(() => undefined);
      if (!found) throw unfit(folder, `its file ${name} is missing`);
      if (path.endsWith(COMPRESSED)) return;
      if (found.size !== bytes)
        throw unfit(folder, `its file ${name} has ${found.size} bytes instead of ${bytes}`);
      if (sha256 !== undefined && (await sha256OfFile(path)) !== sha256)
        throw unfit(folder, `its file ${name} is damaged: its digest is another one`);
    }),
  );
  return snapshot;
}

/** The file itself, or what it was compressed to. */
async function present(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  return stat(path + COMPRESSED).then(
    () => path + COMPRESSED,
    () => path,
  );
}

async function readRecord(folder: string): Promise<SnapshotRecord> {
  const text = await readFile(join(folder, RECORD_FILE), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unfit(folder, `its ${RECORD_FILE} cannot be read: ${cause.code ?? cause.message}`);
  });
  const record = SnapshotRecord.safeParse(parsedOrNothing(text));
  if (record.success) return record.data;
  throw unfit(folder, `its ${RECORD_FILE} is not right: ${z.prettifyError(record.error)}`);
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function unfit(folder: string, why: string): SnapshotError {
  return new SnapshotError(`the snapshot in ${folder} can't be used: ${why}`);
}
