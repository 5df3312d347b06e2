/** Ports that lead through an ssh connection. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, TcpConnectionDetails } from 'ssh2';
import { HostError } from '../../errors.ts';

/** Disposing it closes the port and what leads through it; idempotent, never throws. */
export interface PortForward extends AsyncDisposable {
  /** Where it listens: on 127.0.0.1 of this host, or in the guest. */
  readonly port: number;
}

/** A port on 127.0.0.1 of this host; each connection to it is one that `open` makes. @throws HostError. */
export async function localForward(open: () => Promise<Duplex>): Promise<PortForward> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    open().then(
      (stream) => joined(socket, stream),
      () => socket.resetAndDestroy(),
    );
  });
  await listening(server);
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * A port on the guest's loopback address; each connection to it is one to a port of this host's.
 * @param port 0 has the server choose one.
 */
export async function remoteForward(client: Client, port: number, hostPort: number): Promise<PortForward> {
  const bound = await new Promise<number>((resolve, reject) => {
    client.forwardIn('127.0.0.1', port, (error, chosen) => (error ? reject(error) : resolve(chosen || port)));
  });
  const accept = ({ destPort }: TcpConnectionDetails, accept_: () => Duplex, _refuse: () => void) => {
    if (destPort !== bound) return;
    const socket = connect({ host: '127.0.0.1', port: hostPort, allowHalfOpen: true });
    socket.on('error', () => {});
    joined(socket, accept_());
  };
  client.on('tcp connection', accept);
  let isOpen = true;
  return {
    port: bound,
    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      client.off('tcp connection', accept);
      await new Promise<void>((resolve) => {
        try {
          client.unforwardIn('127.0.0.1', bound, () => resolve());
        } catch {
          // The connection is gone, and the port with it.
          resolve();
        }
      });
    },
  };
}

async function listening(server: Server): Promise<void> {
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    const why = (cause as Error).message;
    throw new HostError('DOMES_SSH_FORWARD', `cannot listen on 127.0.0.1: ${why}`, {}, { cause });
  }
}

/** Each passes on what the other sends, and its end; one that breaks takes the other with it. */
function joined(socket: Socket, stream: Duplex): void {
  socket.pipe(stream).pipe(socket);
  stream.on('error', () => socket.destroy());
  stream.once('close', () => socket.end());
  socket.once('close', () => stream.destroy());
}
