/**
 * The sender: a process of its own, so that its work is not counted. Serves a file over a unix socket, as often
 * as asked and as fast as it is read; ends when the reader is gone.
 *
 *   feed.ts SOCKET FILE TIMES
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';

const [socketPath, file, times] = process.argv.slice(2) as [string, string, string];
const bytes = readFileSync(file);
const PIECE = 256 * 1024;

function* pieces(): Generator<Buffer> {
  for (let n = 0; n < Number(times); n++)
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

const server = createServer(async (socket) => {
  server.close();
  await pipeline(pieces(), socket);
});
server.listen(socketPath, () => process.stdout.write('listening\n'));
