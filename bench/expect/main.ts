/**
 * The engine bench:  npx tsx bench/expect/main.ts [MEGABYTES]
 *
 * Prints what the machine gives in the same run for a bare loop and for other tools: compare within a run, not
 * between machines.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { consoleBytes } from './corpus.ts';
import { peers } from './peers.ts';
import { scratch, script, start } from './run-process.ts';
import { throughput } from './throughput.ts';

const megabytes = Number(process.argv[2] ?? 100);

console.log(`${megabytes} MB of console text through a unix socket, 20 patterns at once, history on disk`);
await throughput(megabytes);

console.log('last byte of a match sent → promise resolved in another process');
const socketPath = join(scratch, 'latency.sock');
const feed = start(script('latency-feed.ts', socketPath, 2000));
await feed.firstLine;
const receiver = start(script('latency-receiver.ts', socketPath));
const latency = JSON.parse(await receiver.firstLine) as { marks: number; p50Ms: number; p99Ms: number };
console.log(`  p50 ${latency.p50Ms.toFixed(3)} ms  p99 ${latency.p99Ms.toFixed(3)} ms  of ${latency.marks}`);

console.log('1 MB, 1 to 16 bytes at a time');
const megabyte = join(scratch, 'megabyte');
writeFileSync(megabyte, consoleBytes(1_000_000, 5));
const trickle = JSON.parse(await start(script('trickle-receiver.ts', megabyte)).firstLine) as {
  pieces: number;
  cpuMs: number;
};
console.log(`  ${trickle.cpuMs.toFixed(0)} CPU ms for ${trickle.pieces} pieces, start included`);

console.log('the same patterns elsewhere');
await peers();
