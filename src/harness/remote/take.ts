/** A file of another host, brought here. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { HostError } from '../../errors.ts';
import type { HostConnection } from './connection.ts';
import type { Guard } from './guard.ts';

/**
 * Moves a file of the machine's folder there to `to`.
 * @throws HostError with the host's words; the file system's own error.
 */
export async function take(
  file: string,
  to: string,
  { connection, guard }: { readonly connection: HostConnection; readonly guard: Guard },
): Promise<void> {
  const argv = ['/bin/sh', '-c', 'cat "$1" && rm -f "$1"', 'domes-take', file];
  await using command = await connection.start(guard.marked(argv));
  command.stdin.end();
  let words = '';
  command.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  await pipeline(command.stdout, createWriteStream(to));
  if ((await command.ended).exitStatus === 0) return;
  throw new HostError(
    'DOMES_HOST_COPY',
    `host ${connection.address.name} can't give ${file}: ${words.trim()}`,
  );
}
