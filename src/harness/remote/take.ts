/** A file of another host, brought here. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { HostError } from '../../errors.ts';
import type { There } from './there.ts';

/**
 * Moves a file of the machine's folder there to `to`.
 * @throws HostError with the host's words; the file system's own error.
 */
export function take(file: string, to: string, there: There): Promise<void> {
  return moved(file, there, { command: 'cat "$1"', into: (from) => pipeline(from, createWriteStream(to)) });
}

/**
 * The same with a file that is large and has little in it: packed on its way, and at `to` only when it is whole.
 * @throws as `take`.
 */
export async function takePacked(file: string, to: string, there: There): Promise<void> {
  const half = `${to}.part`;
  try {
    await moved(file, there, {
      command: 'gzip -1 -c "$1"',
      into: (from) => pipeline(from, createGunzip(), createWriteStream(half)),
    });
    await rename(half, to);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

interface Way {
  /** Prints `$1`. */
  readonly command: string;
  readonly into: (from: NodeJS.ReadableStream) => Promise<void>;
}

async function moved(
  file: string,
  { connection, guard }: There,
  { command: print, into }: Way,
): Promise<void> {
  const argv = ['/bin/sh', '-c', `${print} && rm -f "$1"`, 'domes-take', file];
  await using command = await connection.start(guard.marked(argv));
  command.stdin.end();
  let words = '';
  command.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  await into(command.stdout);
  if ((await command.ended).exitStatus === 0) return;
  throw new HostError(
    'DOMES_HOST_COPY',
    `host ${connection.address.name} can't give ${file}: ${words.trim()}`,
  );
}
