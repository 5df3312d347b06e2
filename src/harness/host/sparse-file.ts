/** Large files with holes in them: memory and disks of machines. They are moved, linked or copied without filling the holes. */
import { link, rename, rm, stat } from 'node:fs/promises';
import { execa } from 'execa';
import { AbortError, HostError } from '../../errors.ts';
import { requireProgram } from './programs.ts';

/** A unit of `st_blocks`, whatever the file system's own block size is (stat(2)). */
const BLOCK_BYTES = 512;

/**
 * Copies a file, sharing its blocks where the file system can, and leaving out the holes.
 * @throws HostError with the words of cp (a full disk, say); AbortError when the signal comes first.
 */
export async function sparseCopy(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const args = ['--sparse=always', '--reflink=auto', '--', from, to];
  const result = await execa(requireProgram('cp'), args, {
    reject: false,
    stdin: 'ignore',
    ...(signal && { cancelSignal: signal }),
  });
  if (!result.failed) return;
  await rm(to, { force: true });
  if (result.isCanceled) throw new AbortError('the run was cancelled while a file was being copied');
  throw new HostError('DOMES_COPY', `cannot copy ${from}: ${result.stderr.trim() || result.shortMessage}`, {
    doing: `cp ${from} ${to}`,
  });
}

/** Moves a file, to another file system if need be. @throws HostError as sparseCopy does. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isOtherFileSystem(error)) throw error;
    await sparseCopy(from, to);
    await rm(from);
  }
}

/** Gives a file, that nobody will ever write to again, a second name; copies it where that can't be. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!isOtherFileSystem(error)) throw error;
    await sparseCopy(from, to);
  }
}

/** What a file takes on the disk, bytes: not its holes. */
export async function allocatedBytes(path: string): Promise<number> {
  return (await stat(path)).blocks * BLOCK_BYTES;
}

/** EPERM: a file system without hard links; EMLINK: too many of them. */
function isOtherFileSystem(error: unknown): boolean {
  return ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '');
}
