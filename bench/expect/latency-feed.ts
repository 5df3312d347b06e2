/**
 * Sends marks that carry the time they were sent at, each behind some console text, each when the one before was
 * seen.
 *
 *   latency-feed.ts SOCKET MARKS
 */
import { createServer } from 'node:net';
import { consoleBytes } from './corpus.ts';
import { Prng } from './prng.ts';

const [socketPath, marks] = process.argv.slice(2) as [string, string];
const text = consoleBytes(1_000_000, 7);
const random = new Prng(3);

const server = createServer((socket) => {
  server.close();
  let sent = 0;
  const send = () => {
    if (sent++ === Number(marks)) {
      socket.end();
      return;
    }
    const at = random.next(text.length - 4096);
    socket.write(text.subarray(at, at + random.next(4096)));
    // After the text was read: what is measured is the mark, not the queue before it.
    setTimeout(() => socket.write(`\nmark ${process.hrtime.bigint()} seen? `), 1 + random.next(3));
  };
  socket.on('data', send);
  send();
});
server.listen(socketPath, () => process.stdout.write('listening\n'));
