/** Runs a command to its end, and keeps what it prints. */
import type { Readable } from 'node:stream';
import { ScenarioError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/reader.ts';
import type { CommandEnd, SshCommand } from './command.ts';
import { outcome, type Until } from './line.ts';

export interface SshRunOptions extends WaitOptions {
  /** What the command reads; without it, its standard input is empty. */
  readonly input?: string | Uint8Array | Readable;
}

export interface SshResult extends CommandEnd {
  /** What the command printed; what is no UTF-8 is replaced by U+FFFD: for bytes use `start`, or download. */
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/** More of either is not kept. */
const MOST_BYTES = 64 << 20;

/**
 * @param doing the command, in messages
 * @throws ScenarioError for more than 64 MiB of output; what `command.ended` and `until` throw.
 */
export async function runToEnd(
  command: SshCommand,
  until: Until,
  doing: string,
  { input = '', ...wait }: SshRunOptions = {},
): Promise<SshResult> {
  const beganAt = performance.now();
  await using running = command;
  const stdout = collected(running.stdout, doing);
  const stderr = collected(running.stderr, doing);
  const fed = feed(running, input);
  // Nothing of these may be left without anybody who looks when one of them fails.
  const all = Promise.all([running.ended, stdout, stderr, fed]);
  const [end, out, err] = await outcome(until, doing, all, wait);
  return { stdout: out, stderr: err, ...end, tookMs: performance.now() - beganAt };
}

async function collected(stream: Readable, doing: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
      else reject(tooMuch(doing));
    });
    stream.once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}

function tooMuch(doing: string): ScenarioError {
  return new ScenarioError(`"${doing}" printed more than 64 MiB`, {
    next: 'write it to a file in the guest and download that, or read the streams of ssh.start()',
  });
}

/** Settles when all was read by the command, or it has ended without. Rejects when the input can't be read. */
function feed({ stdin, ended }: SshCommand, input: string | Uint8Array | Readable): Promise<void> {
  if (typeof input === 'string' || input instanceof Uint8Array) {
    stdin.end(input);
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    input.once('error', reject);
    input.once('end', () => resolve());
    const over = () => {
      input.unpipe(stdin);
      resolve();
    };
    ended.then(over, over);
    input.pipe(stdin);
  });
}
