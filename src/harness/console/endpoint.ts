/** A Unix socket by which this user's other processes reach something of a machine, in its private folder. */
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { HostError } from '../../errors.ts';

/** sun_path of unix(7), with the zero at its end. */
const MAX_PATH_BYTES = 107;

/**
 * Listens for this user only (mode 0600); a file that stands at `path` is replaced. It does not keep the process alive;
 * disposing it removes the socket, is idempotent and never throws.
 * @param path in a folder that only this user can enter
 * @throws HostError when the system refuses it, or the path is too long for a socket.
 */
export async function openEndpoint(path: string, serve: (client: Socket) => void): Promise<AsyncDisposable> {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    throw new HostError(
      'DOMES_ATTACH',
      `cannot listen at ${path}: a socket's path has at most ${MAX_PATH_BYTES} bytes`,
      { next: 'set DOMES_RUN_DIR to a shorter path' },
    );
  const server = createServer(serve);
  server.unref();
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
  try {
    rmSync(path, { force: true });
    server.listen(path);
    await once(server, 'listening');
    chmodSync(path, 0o600);
  } catch (cause) {
    await close();
    throw new HostError(
      'DOMES_ATTACH',
      `cannot listen at ${path}: ${(cause as Error).message}`,
      {},
      { cause },
    );
  }
  server.on('error', () => {});
  return { [Symbol.asyncDispose]: close };
}
