/** Images sent to a host before a machine needs them, so that no test waits for them. */
import type { Image } from '../image/image.ts';
import { type Progress, silentProgress } from '../image/progress.ts';
import type { HostAddress } from './address.ts';
import { HostConnection } from './connection.ts';
import { Guard } from './guard.ts';
import { bring } from './store.ts';

export interface SendOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends the files of an image that the host lacks. Takes none of its places: nothing runs there.
 * @returns how many bytes had to be sent.
 * @throws as HostConnection.open, Guard.start and bring do.
 */
export async function sendImage(
  image: Image,
  address: HostAddress,
  { progress = silentProgress, signal }: SendOptions = {},
): Promise<number> {
  await using connection = await HostConnection.open(address, { signal });
  await using guard = await Guard.start(connection, { signal });
  let sentBytes = 0;
  // What a machine's web server serves, it serves from here.
  const served = new Set(Object.values(image.spec.serves ?? {}));
  for (const [name, file] of Object.entries(image.files)) {
    if (served.has(name)) continue;
    progress.report({ doing: `looking for ${name}` });
    const onSent = (done: number, total: number) =>
      progress.report({ doing: `sending ${name}`, done, total, unit: 'bytes' });
    const brought = await bring(file, { connection, guard }, { signal, onSent });
    sentBytes += brought.sentBytes;
  }
  return sentBytes;
}
