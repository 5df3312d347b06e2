/** Room on the disk: asked for before work begins, and explained when it runs out all the same. */
import { mkdir, statfs } from 'node:fs/promises';
import { ImageError } from '../../errors.ts';
import { megabytes } from './megabytes.ts';

/**
 * @param what whose bytes these are, for the message.
 * @throws ImageError when the folder's file system has fewer bytes free.
 */
export async function requireSpace(folder: string, bytes: number, what: string): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= bytes) return;
  throw new ImageError(
    `not enough room on the disk: ${what} needs ${megabytes(bytes)}, ${folder} has ${megabytes(free)} free`,
    { next: 'free some room (npx domes images prune), or set DOMES_CACHE to a folder on a larger disk' },
  );
}

/** Bytes that an ordinary user may still write in the folder's file system. The folder is made if need be. */
export async function freeBytes(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Is this error, or this text that a program printed, about a full disk? */
export function isDiskFull(trouble: unknown): boolean {
  if (typeof trouble === 'string') return /No space left on device|Disk quota exceeded/i.test(trouble);
  const code = (trouble as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** The error for a disk that ran full while something was written. */
export async function diskFullError(folder: string, what: string, cause?: unknown): Promise<ImageError> {
  const free = await freeBytes(folder).catch(() => 0);
  return new ImageError(
    `the disk is full: ${what} could not be written to ${folder} (${megabytes(free)} free)`,
    { next: 'free some room (npx domes images prune), or set DOMES_CACHE to a folder on a larger disk' },
    { cause },
  );
}
