/**
 * What the receivers of the bench share: a socket that is read to its end, a history on disk, and the account
 * of what it took. A receiver is a process of its own.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { connect } from 'node:net';

export interface Seen {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** What a receiver took, as one line of JSON on its standard output. */
export interface Account {
  readonly bytes: number;
  /** User and system time of all threads of the process, from the first byte to the last. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Resident memory before the first byte, and how much it grew: at its most, and at the end. */
  readonly baselineBytes: number;
  readonly peakGrowthBytes: number;
  /** The most it grew in each tenth of the stream. */
  readonly growthBytes: readonly number[];
  readonly matches: number;
  readonly digest: string;
}

export interface Receiver {
  /** Looks at a chunk, which is valid during the call only; answers the bytes that the history keeps. */
  receive(chunk: Buffer): Uint8Array;
  readonly seen: readonly Seen[];
}

const MEMORY_STEP = 4 * 1024 * 1024;

/** Receives all that the socket sends and prints the account. */
export function account(
  receiver: Receiver,
  socketPath: string,
  historyFile: string,
  totalBytes: number,
): void {
  const history = openSync(historyFile, 'w');
  const baselineBytes = process.memoryUsage.rss();
  const growth: number[] = new Array(10).fill(0);
  let bytes = 0;
  let measured = 0;
  const began = { cpu: process.cpuUsage(), at: performance.now() };
  const take = (length: number, buffer: Uint8Array): boolean => {
    const chunk = buffer.subarray(0, length) as Buffer;
    writeSync(history, receiver.receive(chunk));
    bytes += length;
    if (bytes - measured >= MEMORY_STEP) {
      measured = bytes;
      const tenth = Math.min(9, Math.floor((bytes / totalBytes) * 10));
      growth[tenth] = Math.max(growth[tenth] as number, process.memoryUsage.rss() - baselineBytes);
    }
    return true;
  };
  const socket = connect({ path: socketPath, onread: { buffer: Buffer.alloc(64 * 1024), callback: take } });
  socket.on('close', () => {
    const cpu = process.cpuUsage(began.cpu);
    const result: Account = {
      bytes,
      cpuMs: (cpu.user + cpu.system) / 1000,
      wallMs: performance.now() - began.at,
      baselineBytes,
      peakGrowthBytes: Math.max(...growth),
      growthBytes: growth,
      matches: receiver.seen.length,
      digest: digestOf(receiver.seen),
    };
    closeSync(history);
    process.stdout.write(`${JSON.stringify(result)}\n`);
  });
}

export function digestOf(seen: readonly Seen[]): string {
  const hash = createHash('sha256');
  for (const { index, start, end } of seen) hash.update(`${index} ${start} ${end}\n`);
  return hash.digest('hex').slice(0, 16);
}
