/**
 * Waits for twenty patterns and a mark at once and notes, each time the promise of the mark resolves, how long
 * ago its last byte was sent. Prints the median and the 99th percentile.
 *
 *   latency-receiver.ts SOCKET
 */
import { connect } from 'node:net';
import { compilePattern } from '../../src/expect/pattern/compile.ts';
import { EngineWait } from './engine-wait.ts';
import { PATTERNS } from './patterns.ts';

const [socketPath] = process.argv.slice(2) as [string];
const wait = new EngineWait([...PATTERNS, /^mark (\d+) seen\? /m].map((pattern) => compilePattern(pattern)));
const tookMs: number[] = [];
let ended = false;

const socket = connect({
  path: socketPath,
  onread: {
    buffer: Buffer.alloc(64 * 1024),
    callback: (length, buffer) => {
      wait.receive(buffer.subarray(0, length));
      return true;
    },
  },
});
socket.on('close', () => {
  ended = true;
  tookMs.sort((a, b) => a - b);
  const part = (share: number) => tookMs[Math.floor(tookMs.length * share)];
  process.stdout.write(`${JSON.stringify({ marks: tookMs.length, p50Ms: part(0.5), p99Ms: part(0.99) })}\n`);
});

while (!ended) {
  const match = await wait.next();
  const now = process.hrtime.bigint();
  if (match.index < PATTERNS.length) continue;
  tookMs.push(Number(now - BigInt(match.groups[0] as string)) / 1e6);
  socket.write('.');
}
