/**
 * The state of a machine's devices, saved to and loaded from a file by QEMU's migration. The guest's memory stays where
 * it is, in its own file: that is what makes it fast (0.5 MB instead of hundreds).
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { QmpError, SnapshotError } from '../../errors.ts';
import type { QemuProcess } from '../qemu/process.ts';
import type { QmpClient } from '../qmp/client.ts';
import type { EventQueue } from '../qmp/event-queue.ts';

export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Saves the devices of a machine that stands still. QEMU forbids itself to run programs (`exec:`), and has no `file:`
 * before 8.2: it writes to a socket of ours.
 * @param socket path to listen at, in a folder that only this user can enter
 * @throws QmpError with QEMU's own words.
 */
export async function saveDevices(qmp: QmpClient, file: string, socket: string): Promise<FileDigest> {
  const server = createServer();
  try {
    await listening(server, socket);
    let isConnected = false;
    const connected = new Promise<Socket>((resolve) => {
      server.once('connection', (from) => {
        isConnected = true;
        resolve(from);
      });
    });
    using events = qmp.listen('MIGRATION');
    await setCapabilities(qmp, true);
    const written = connected.then((from) => write(from, file));
    written.catch(() => {});
    await qmp.execute('migrate', { uri: `unix:${socket}` });
    const failure = await migrated(qmp, events).then(
      () => undefined,
      (error: Error) => error,
    );
    // Where we could not write (a full disk), that is why QEMU failed too.
    const digest = failure && !isConnected ? undefined : await written;
    if (failure) throw failure;
    return digest as FileDigest;
  } finally {
    server.close();
  }
}

/**
 * Loads them into a QEMU that waits for them.
 * @throws SnapshotError with QEMU's own words when they do not fit.
 */
export async function loadDevices(qemu: QemuProcess): Promise<void> {
  const { qmp, incomingUri } = qemu;
  using events = qmp.listen('MIGRATION');
  await setCapabilities(qmp, true);
  await qmp.execute('migrate-incoming', { uri: incomingUri });
  try {
    await migrated(qmp, events);
  } catch (cause) {
    // It ends by itself, and its last words name the device.
    await qemu[Symbol.asyncDispose]();
    const words = qemu.stderr.trim().replace(/\n/g, '; ') || (cause as Error).message;
    throw new SnapshotError(`QEMU cannot load the saved devices: ${words}`, {}, { cause });
  }
  // Otherwise a later `snapshot-save` would leave out the memory.
  await setCapabilities(qmp, false);
}

function setCapabilities(qmp: QmpClient, isMemoryLeftOut: boolean): Promise<unknown> {
  const capabilities = [
    { capability: 'x-ignore-shared', state: isMemoryLeftOut },
    { capability: 'events', state: true },
  ];
  return qmp.execute('migrate-set-capabilities', { capabilities });
}

/** Waits for the end of a migration, in either direction. */
async function migrated(qmp: QmpClient, events: EventQueue): Promise<void> {
  for (;;) {
    const status = (await events.next())?.data.status;
    if (status === 'completed') return;
    if (status === undefined) throw new QmpError('migrate', 'the monitor closed: QEMU ended');
    if (status !== 'failed') continue;
    const { 'error-desc': why } = (await qmp.execute('query-migrate')) as { 'error-desc'?: string };
    throw new QmpError('migrate', why ?? 'it failed, and QEMU does not say why');
  }
}

async function write(from: Socket, file: string): Promise<FileDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    from,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(file, { mode: 0o600 }),
  );
  return { bytes, sha256: hash.digest('hex') };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
