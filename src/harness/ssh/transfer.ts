/** Files and trees from this host to a guest, and back. */
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { HostError, ScenarioError } from '../../errors.ts';
import type { GuestFiles } from './guest-files.ts';

/** A file, or what is in a folder. @throws ScenarioError when there is nothing to send; HostError; GuestError. */
export async function upload(files: GuestFiles, local: string, path: string): Promise<void> {
  const there = await stat(local).catch((cause: Error) => {
    throw new ScenarioError(`nothing to upload: ${cause.message}`, {}, { cause });
  });
  try {
    if (there.isDirectory()) await files.putFolder(local, path);
    else await files.putFile(local, path);
  } catch (cause) {
    throw hostTrouble(`cannot read ${local}`, cause);
  }
}

/**
 * A file, in the place of one that is there; or what is in a folder, into a new one. What is half written has another
 * name, `LOCAL.part`, and is gone when it fails.
 * @throws ScenarioError when a folder is to be written where something is; HostError; GuestError.
 */
export async function download(files: GuestFiles, path: string, local: string): Promise<void> {
  const part = `${local}.part`;
  const kind = await files.kindOf(path);
  if (kind === 'folder' && (await stat(local).catch(() => undefined)))
    throw new ScenarioError(`${local} is there already: a folder is downloaded to where nothing is`);
  try {
    await rm(part, { recursive: true, force: true });
    if (kind === 'folder') {
      await mkdir(part);
      await files.getFolder(path, part);
    } else await files.getFile(path, part);
    await rename(part, local);
  } catch (cause) {
    await rm(part, { recursive: true, force: true }).catch(() => {});
    throw hostTrouble(`cannot write ${local}`, cause);
  }
}

/** What a system call of this host has refused, as an error of ours; any other error is what it is. */
function hostTrouble(what: string, cause: unknown): unknown {
  if (!(cause as NodeJS.ErrnoException).syscall) return cause;
  return new HostError('DOMES_SSH_TRANSFER', `${what}: ${(cause as Error).message}`, {}, { cause });
}
