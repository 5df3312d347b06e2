/**
 * A file in pieces of 1 to 16 bytes, as an emulated UART hands them out, looked at piece by piece for twenty
 * patterns. Handed over in the process itself: a socket would put pieces together.
 *
 *   trickle-receiver.ts FILE
 */
import { readFileSync } from 'node:fs';
import { compilePattern } from '../../src/expect/pattern/compile.ts';
import { EngineWait } from './engine-wait.ts';
import { PATTERNS } from './patterns.ts';
import { Prng } from './prng.ts';

const text = readFileSync(process.argv[2] as string);
const random = new Prng(9);
const ends: number[] = [];
for (let at = 0; at < text.length; ) {
  at = Math.min(text.length, at + 1 + random.next(16));
  ends.push(at);
}

/** Hands over all pieces; who waits gets to know of a match before the next piece. */
async function trickle(): Promise<number> {
  const wait = new EngineWait(PATTERNS.map((pattern) => compilePattern(pattern)));
  let matches = 0;
  const again = (): void => {
    void wait.next().then(() => {
      matches++;
      again();
    });
  };
  again();
  let from = 0;
  for (const end of ends) {
    wait.receive(text.subarray(from, end));
    from = end;
    if (!wait.isWaiting) await undefined;
  }
  return matches;
}

const began = process.cpuUsage();
const matches = await trickle();
const { user, system } = process.cpuUsage(began);
process.stdout.write(`${JSON.stringify({ pieces: ends.length, cpuMs: (user + system) / 1000, matches })}\n`);
