/**
 * Console text through a unix socket from another process, with twenty patterns waited on at once and the whole
 * history written to disk; beside it the bare loop. CPU is that of the receiving process, all threads.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { consoleBytes } from './corpus.ts';
import type { Account } from './receiver.ts';
import { digestOf } from './receiver.ts';
import { referenceMatches } from './reference.ts';
import { scratch, script, start } from './run-process.ts';

const MIB = 1024 * 1024;

export async function throughput(megabytes: number): Promise<void> {
  const corpus = consoleBytes(megabytes * 1e6);
  const file = join(scratch, 'corpus');
  writeFileSync(file, corpus);
  const engine = await receive('engine-receiver.ts', file, 1, corpus.length);
  const bare = await receive('bare-receiver.ts', file, 1, corpus.length);
  const long = await receive('engine-receiver.ts', file, 10, corpus.length * 10);
  const expected = referenceMatches(corpus);
  console.log(row('engine', engine));
  console.log(row('engine, ten times as much', long));
  console.log(row('bare loop', bare));
  console.log(`  engine : bare loop = ${(rate(engine) / rate(bare)).toFixed(2)}`);
  console.log(
    `  matches ${engine.matches}, of the reference ${expected.length}: ${digestOf(expected) === engine.digest ? 'the same' : 'NOT THE SAME'}`,
  );
  console.log(
    `  memory in each tenth of the long run, MiB above baseline: ${long.growthBytes.map((bytes) => (bytes / MIB).toFixed(0)).join(' ')}`,
  );
}

async function receive(receiver: string, file: string, times: number, bytes: number): Promise<Account> {
  const socketPath = join(scratch, `${receiver}-${times}.sock`);
  const feed = start(script('feed.ts', socketPath, file, times));
  await feed.firstLine;
  // One core for all threads of the receiver: its garbage collector and compiler count too.
  const run = start(['taskset', '-c', '0', ...script(receiver, socketPath, join(scratch, 'history'), bytes)]);
  const answer: Account = JSON.parse(await run.firstLine);
  await Promise.all([feed.ended, run.ended]);
  return answer;
}

function rate({ bytes, cpuMs }: Account): number {
  return bytes / 1000 / cpuMs;
}

function row(name: string, it: Account): string {
  const memory = `+${(it.peakGrowthBytes / MIB).toFixed(0)} MiB`;
  return `  ${name.padEnd(28)} ${rate(it).toFixed(0).padStart(4)} MB/s of CPU  ${it.cpuMs.toFixed(0).padStart(6)} CPU ms  ${it.wallMs.toFixed(0).padStart(6)} ms  ${memory}`;
}
