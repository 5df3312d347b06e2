/** The guest's files by commands that any system has: cat, and tar for trees. For a guest without an sftp server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { GuestError, HostError } from '../../errors.ts';
import { requireProgram } from '../host/programs.ts';
import type { SshCommand } from './command.ts';
import type { GuestFiles } from './guest-files.ts';
import { quoted } from './posix-word.ts';

const PERMISSIONS = 0o777;
const MOST_WORDS = 2_000;

export function plainFiles(start: (command: string) => Promise<SshCommand>): GuestFiles {
  /** A command that must succeed; `work` has its streams, but for that of its errors. */
  async function succeed<T>(line: string, work: (command: SshCommand) => Promise<T>): Promise<T> {
    await using command = await start(line);
    let words = '';
    command.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString('utf8')).slice(-MOST_WORDS);
    });
    let wrong: unknown;
    const worked = work(command).catch(async (error: unknown) => {
      wrong = error;
      // Nobody reads or writes any more, and it would wait for that.
      await command[Symbol.asyncDispose]();
      throw error;
    });
    worked.catch(() => {});
    const { exitStatus } = await command.ended.catch((error: unknown) => {
      throw wrong ?? error;
    });
    if (exitStatus === 0) return worked;
    throw new GuestError('DOMES_SSH_TRANSFER', `${words.trim() || `status ${exitStatus}`}`, { doing: line });
  }

  /** @param open opens what is sent once there is somebody to read it: unread output of a process that ends is lost */
  const send = (
    line: string,
    open: () => { readonly source: Readable; readonly succeeded?: Promise<void> },
  ) =>
    succeed(line, async ({ stdin, stdout, ended }) => {
      stdout.resume();
      const { source, succeeded } = open();
      // Nobody reads the rest, then: a file would stay open, a tar would wait for ever.
      const drop = () => source.destroy();
      ended.then(drop, drop);
      await copied(source, stdin);
      await succeeded;
    });

  return {
    async kindOf(path) {
      const line = `if [ -d ${quoted(path)} ]; then echo folder; else ls -Ld ${quoted(path)} >/dev/null && echo file; fi`;
      return succeed(line, async ({ stdin, stdout }) => {
        stdin.end();
        let answer = '';
        stdout.on('data', (chunk: Buffer) => {
          answer += chunk.toString('latin1');
        });
        await once(stdout, 'end');
        return answer.trim() === 'folder' ? 'folder' : 'file';
      });
    },

    async putFile(local, path) {
      const mode = ((await lstat(local)).mode & PERMISSIONS).toString(8);
      await send(`cat > ${quoted(path)} && chmod ${mode} ${quoted(path)}`, () => ({
        source: createReadStream(local),
      }));
    },

    async putFolder(local, path) {
      await send(`mkdir -p ${quoted(path)} && tar -xf - -C ${quoted(path)}`, () => {
        const { stdout, succeeded } = localTar(['-cf', '-', '-C', local, '.'], ['ignore', 'pipe']);
        return { source: stdout as Readable, succeeded };
      });
    },

    async getFile(path, local) {
      await succeed(`cat < ${quoted(path)}`, async ({ stdin, stdout }) => {
        stdin.end();
        await copied(stdout, createWriteStream(local));
      });
    },

    async getFolder(path, local) {
      await succeed(`tar -cf - -C ${quoted(path)} .`, async ({ stdin, stdout }) => {
        stdin.end();
        const tar = localTar(['-xf', '-', '--no-same-owner', '-C', local], ['pipe', 'ignore']);
        await copied(stdout, tar.stdin as Writable);
        await tar.succeeded;
      });
      await removeLinks(local);
    },
  };
}

/**
 * Copies to the end. Not by `pipeline`, nor by `for await`: both destroy what they have read, and a channel that is
 * destroyed never hears the command's status.
 */
function copied(source: Readable, sink: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const broken = (error: Error) => {
      source.unpipe(sink);
      source.resume();
      reject(error);
    };
    source.once('error', broken);
    sink.once('error', broken);
    sink.once('finish', () => resolve());
    // Whoever reads it has read enough, as tar has at its end mark, or is gone: its status tells.
    sink.once('close', () => {
      source.unpipe(sink);
      source.resume();
      resolve();
    });
    source.pipe(sink);
  });
}

function localTar(args: readonly string[], [stdin, stdout]: readonly ['ignore' | 'pipe', 'ignore' | 'pipe']) {
  const child = spawn(requireProgram('tar'), args, { stdio: [stdin, stdout, 'pipe'] });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MOST_WORDS);
  });
  const succeeded = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new HostError('DOMES_SSH_TRANSFER', `tar: ${words.trim() || `status ${code}`}`);
  });
  // Looked at when the other side is done.
  succeeded.catch(() => {});
  return { stdin: child.stdin, stdout: child.stdout, succeeded };
}

/** Links, and whatever else is neither file nor folder. Folders are made readable, so that all of them are seen. */
async function removeLinks(folder: string): Promise<void> {
  await chmod(folder, ((await lstat(folder)).mode & PERMISSIONS) | 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await removeLinks(path);
    else if (!entry.isFile()) await rm(path, { force: true });
  }
}
