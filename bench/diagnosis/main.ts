/**
 * The diagnosis bench:  npm run bench -- diagnosis
 *
 * How fast the whole catalogue is looked for, on one core: in the text of real consoles without failures, and in the
 * same with the logs of a folder mixed in (DOMES_FAILURE_LOGS, else the fixtures), repeated to some 200 MB. Next to it
 * the same with every byte only looked at once, which is what this machine can do at all.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURE_CLASSES } from '../../src/harness/diagnosis/catalogue.ts';
import { LogDiagnosis } from '../../src/harness/diagnosis/log-diagnosis.ts';
import { consoleBytes } from '../expect/corpus.ts';

const TOTAL_BYTES = 200_000_000;
const CHUNK_BYTES = 1 << 20;
const ROUNDS = 3;

const healthy = Buffer.from(consoleBytes(20_000_000, 1));
const failures = logsOf(
  process.env.DOMES_FAILURE_LOGS ?? join(import.meta.dirname, '../../src/harness/diagnosis/fixtures'),
);

console.log(
  `${FAILURE_CLASSES.length} failure classes, ${TOTAL_BYTES / 1e6} MB in chunks of ${CHUNK_BYTES >> 10} KiB`,
);
measure('consoles without failures', repeated(healthy));
measure('one byte in ten of failure logs', repeated(mixed(healthy, failures)));
measure('nothing but failure logs', repeated(failures));

/** Best of a few rounds: what else runs on the machine only ever adds. */
function measure(name: string, text: Buffer): void {
  let bestMs = Number.POSITIVE_INFINITY;
  let bareMs = Number.POSITIVE_INFINITY;
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const diagnosis = new LogDiagnosis();
    const tookMs = cpuMs(() => {
      for (let at = 0; at < text.length; at += CHUNK_BYTES)
        diagnosis.read(text.subarray(at, at + CHUNK_BYTES));
      found = diagnosis.end().length;
    });
    bestMs = Math.min(bestMs, tookMs);
    bareMs = Math.min(
      bareMs,
      cpuMs(() => bareLoop(text)),
    );
  }
  const rate = (ms: number) => `${(text.length / 1000 / ms).toFixed(0).padStart(5)} MB/s`;
  console.log(`  ${name.padEnd(34)} ${rate(bestMs)}   (${found} classes found; a bare loop ${rate(bareMs)})`);
}

/** CPU time of this process, ms. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function bareLoop(text: Buffer): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum + (text[i] as number)) | 0;
  return sum;
}

function repeated(text: Buffer): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(TOTAL_BYTES / text.length) }, () => text));
}

function mixed(most: Buffer, few: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < most.length; at += 9 * few.length) {
    const end = most.indexOf(10, Math.min(most.length - 1, at + 9 * few.length)) + 1;
    pieces.push(most.subarray(at, end > 0 ? end : most.length), few);
  }
  return Buffer.concat(pieces);
}

function logsOf(folder: string): Buffer {
  return Buffer.concat(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.log'))
      .map((name) => Buffer.concat([readFileSync(join(folder, name)), Buffer.from('\n')])),
  );
}
