/** A console's wire over a stream socket: one end of the socket pair that QEMU's chardev has the other end of. */
import type { Duplex } from 'node:stream';
import type { Wire } from '../../expect/wire.ts';

/**
 * @param explained resolves when it is known why the other end is gone: the console hears of its end only then.
 */
export function socketWire(socket: Duplex, explained?: Promise<unknown>): Wire {
  let isOver = false;
  return {
    open(sink) {
      const finish = () => {
        if (!isOver) sink.end();
        isOver = true;
      };
      const end = () => (explained ? void explained.then(finish) : finish());
      socket.on('data', (chunk: Buffer) => {
        if (!isOver) sink.bytes(chunk);
      });
      // A reset has no 'end', and QEMU may close one direction only.
      socket.once('end', end);
      socket.once('close', end);
      socket.on('error', () => {});
    },
    send(bytes) {
      if (socket.writable && !isOver) socket.write(bytes);
    },
    close() {
      isOver = true;
      socket.destroy();
    },
  };
}
