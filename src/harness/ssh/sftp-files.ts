/** The guest's files by SFTP. */
import { chmod, lstat, mkdir, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import { GuestError, ScenarioError } from '../../errors.ts';
import type { GuestFiles } from './guest-files.ts';

type Answer<T> = (error: Error | null | undefined, value: T) => void;

/** Permission bits of a mode. */
const PERMISSIONS = 0o777;

/** @param plain reads what a server says is empty: a file of /proc has its size when it is read */
export function sftpFiles(sftp: SFTPWrapper, plain: GuestFiles): GuestFiles {
  /** A request, whose refusal names the path. */
  const ask = <T>(path: string, request: (answer: Answer<T>) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      request((error, value) => {
        // A system call's is this host's own.
        if (error) reject('syscall' in error ? error : refusal(path, error));
        else resolve(value);
      });
    });
  const stat = (path: string) => ask<Stats>(path, (answer) => sftp.stat(path, answer));

  async function kindOf(path: string): Promise<'file' | 'folder'> {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  }

  async function putFile(local: string, path: string): Promise<void> {
    const { mode } = await lstat(local);
    await ask<void>(path, (answer) => sftp.fastPut(local, path, (error) => answer(error)));
    await ask<void>(path, (answer) => sftp.chmod(path, mode & PERMISSIONS, (error) => answer(error)));
  }

  async function putFolder(local: string, path: string): Promise<void> {
    // One that is there already is refused, with nothing that says so.
    await ask<void>(path, (answer) => sftp.mkdir(path, (error) => answer(error))).catch(async (error) => {
      const kind = await kindOf(path).catch(() => undefined);
      if (kind !== 'folder') throw error;
    });
    for (const entry of await readdir(local, { withFileTypes: true })) {
      const from = join(local, entry.name);
      const to = `${path}/${entry.name}`;
      if (entry.isDirectory()) await putFolder(from, to);
      else if (entry.isFile()) await putFile(from, to);
      else if (entry.isSymbolicLink()) await putLink(await readlink(from), to);
      else throw new ScenarioError(`${from} can't be uploaded: it is no file, folder or link`);
    }
    const { mode } = await lstat(local);
    await ask<void>(path, (answer) => sftp.chmod(path, mode & PERMISSIONS, (error) => answer(error)));
  }

  async function putLink(target: string, path: string): Promise<void> {
    // OpenSSH's server has the two the other way round than the draft (PROTOCOL of OpenSSH, 4.1); ssh2 knows its name
    // from the greeting only, and dropbear starts the same server.
    await ask<void>(path, (answer) => sftp.unlink(path, () => answer(undefined, undefined)));
    await ask<void>(path, (answer) => sftp.symlink(target, path, (error) => answer(error)));
  }

  async function getFile(path: string, local: string): Promise<void> {
    const { size, mode } = await stat(path);
    if (size === 0) await plain.getFile(path, local);
    else await ask<void>(path, (answer) => sftp.fastGet(path, local, (error) => answer(error)));
    await chmod(local, mode & PERMISSIONS);
  }

  async function getFolder(path: string, local: string): Promise<void> {
    const entries = await ask<FileEntryWithStats[]>(path, (answer) => sftp.readdir(path, answer));
    for (const { filename, attrs } of entries) {
      if (filename === '.' || filename === '..') continue;
      const to = join(local, checkedName(filename, path));
      if (attrs.isDirectory()) {
        await mkdir(to);
        await getFolder(`${path}/${filename}`, to);
      } else if (attrs.isFile()) await getFile(`${path}/${filename}`, to);
    }
  }

  return { kindOf, putFile, putFolder, getFile, getFolder };
}

/** A name that can't lead anywhere but into its folder. @throws GuestError for any other. */
function checkedName(name: string, folder: string): string {
  if (name !== '' && !/[/\0]/.test(name)) return name;
  throw new GuestError('DOMES_SSH_TRANSFER', `the guest names a file ${JSON.stringify(name)} in ${folder}`, {
    probably: 'its sftp server is broken, or not to be trusted',
  });
}

function refusal(path: string, cause: Error): GuestError {
  return new GuestError('DOMES_SSH_TRANSFER', `sftp: ${path}: ${cause.message}`, {}, { cause });
}
