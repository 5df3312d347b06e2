/** Opens a capsule: whatever keeps it from being replayed here is said before anything is started. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, normalize, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CapsuleError, DomesError, ScenarioError } from '../../errors.ts';
import { qemuVersion } from '../host/qemu-version.ts';
import { readCheckedJson } from '../image/checked-json.ts';
import { sha256OfFile } from '../image/digest.ts';
import { findImage } from '../image/find-image.ts';
import { CAPSULE_FILE, CapsuleRecord } from './capsule-record.ts';

export interface Capsule {
  readonly folder: string;
  readonly record: CapsuleRecord;
  /** Console name → its raw bytes. */
  readonly consoles: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads and checks a capsule: its files, this host's QEMU, the image.
 * @throws CapsuleError when it can't be replayed here, with what to do; ScenarioError when `capsule.json` is wrong.
 */
export async function openCapsule(folder: string): Promise<Capsule> {
  const record = await readRecord(folder);
  const consoles = new Map<string, Uint8Array>();
  for (const { name, file, sha256 } of record.consoles) {
    const bytes = await readFile(within(folder, file)).catch((cause: Error) => {
      throw missing(folder, file, cause);
    });
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw damaged(folder, file);
    consoles.set(name, bytes);
  }
  await requireRecording(folder, record);
  await requireQemu(record);
  for (const image of [record.image, ...record.imagesBeside]) await requireImage(image);
  return { folder, record, consoles };
}

/** Unpacks the recording. @throws CapsuleError when it is not as long as it was. */
export async function unpackRecording({ folder, record }: Capsule, place: string): Promise<void> {
  const { file, bytes } = record.recording;
  try {
    await pipeline(createReadStream(within(folder, file)), createGunzip(), createWriteStream(place));
  } catch (cause) {
    throw damaged(folder, file, cause as Error);
  }
  if ((await stat(place)).size !== bytes) throw damaged(folder, file);
}

async function readRecord(folder: string): Promise<CapsuleRecord> {
  const path = join(folder, CAPSULE_FILE);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new CapsuleError(`there is no capsule at ${folder}`, {
      next: 'name the folder that holds capsule.json; unzip it first if it came as a file',
    });
  try {
    return await readCheckedJson(path, path, CapsuleRecord);
  } catch (cause) {
    if (!(cause instanceof ScenarioError)) throw cause;
    throw new CapsuleError(cause.summary, { next: 'have the capsule sent again, whole' }, { cause });
  }
}

async function requireRecording(folder: string, { recording }: CapsuleRecord): Promise<void> {
  const path = within(folder, recording.file);
  const digest = await sha256OfFile(path).catch((cause: Error) => {
    throw missing(folder, recording.file, cause);
  });
  if (digest !== recording.sha256) throw damaged(folder, recording.file);
}

/** QEMU promises no format of recordings from one version to the next, and a device may behave otherwise. */
async function requireQemu({ qemuVersion: recorded }: CapsuleRecord): Promise<void> {
  const here = await qemuVersion();
  if (here === recorded) return;
  throw new CapsuleError(`the capsule was recorded with QEMU ${recorded}, and here is QEMU ${here}`, {
    next: `replay it with QEMU ${recorded}: put it first on the PATH, or into a container of the same distribution`,
  });
}

async function requireImage({ name, digest }: CapsuleRecord['image']): Promise<void> {
  let here: string;
  try {
    here = (await findImage(name)).digest;
  } catch (cause) {
    if (!(cause instanceof DomesError)) throw cause;
    throw new CapsuleError(`the capsule's image can't be had: ${cause.summary}`, cause.facts, { cause });
  }
  if (here === digest) return;
  throw new CapsuleError(
    `the capsule was recorded with another image "${name}": digest ${digest.slice(0, 12)}, here ${here.slice(0, 12)}`,
    {
      next: `check out the images.lock.json and the recipe of then, and run: npx domes images build ${name} --locked`,
    },
  );
}

/** A path in the capsule; it came from somewhere else, and may not lead out of it. */
function within(folder: string, file: string): string {
  const path = normalize(join(folder, file));
  if (relative(folder, path).startsWith('..'))
    throw new CapsuleError(`the capsule names a file outside of itself: ${file}`, {
      next: 'do not trust it',
    });
  return path;
}

function missing(folder: string, file: string, cause: Error): CapsuleError {
  return new CapsuleError(
    `the capsule ${folder} is not whole: ${file} can't be read`,
    { probably: cause.message, next: 'have the capsule sent again, whole' },
    { cause },
  );
}

function damaged(folder: string, file: string, cause?: Error): CapsuleError {
  return new CapsuleError(
    `the capsule ${folder} is damaged: ${file} is not what was recorded`,
    { next: 'have the capsule sent again, whole' },
    cause && { cause },
  );
}
