/** A console's wire over a stream socket: one end of the socket pair that QEMU's chardev has the other end of. */
import type { Duplex } from 'node:stream';
import type { Wire } from '../../expect/wire.ts';

/**
 * @param ended resolves when it is known why the other end is gone; the console hears of its end only then.
 */
export function socketWire(socket: Duplex, ended: Promise<unknown> = Promise.resolve()): Wire {
  return {
    open(sink) {
      socket.on('data', (chunk: Buffer) => sink.bytes(chunk));
      // 'close' always comes, after an error too; 'end' alone would miss a reset.
      socket.once('close', () => void ended.then(() => sink.end()));
      socket.on('error', () => {});
    },
    send(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    close() {
      socket.removeAllListeners('data');
      socket.destroy();
    },
  };
}
