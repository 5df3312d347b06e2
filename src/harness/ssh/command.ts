/** A command that runs in the guest: its streams, and how it ends. */
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { DomesError } from '../../errors.ts';

/** How a command ended. */
export interface CommandEnd {
  /** 128 and the signal's number for one that a signal ended, as shells have it. */
  readonly exitStatus: number;
  /** `SIGTERM`, for one that a signal ended. */
  readonly signal?: string;
}

/** Signals that RFC 4254, 6.10 names. */
export type SignalName =
  | 'ABRT'
  | 'ALRM'
  | 'FPE'
  | 'HUP'
  | 'ILL'
  | 'INT'
  | 'KILL'
  | 'PIPE'
  | 'QUIT'
  | 'SEGV'
  | 'TERM'
  | 'USR1'
  | 'USR2';

export class SshCommand implements AsyncDisposable {
  /** Ends with `end()`; what is written after the command's end is dropped. */
  readonly stdin: Writable;
  /** Read it, or the command waits when 2 MiB are unread. */
  readonly stdout: Readable;
  /** As `stdout`. */
  readonly stderr: Readable;
  /**
   * Resolves when it has ended and all its output was read; both streams must be read, or `resume()`d, for that.
   * Rejects with SshDroppedError when the connection goes first.
   */
  readonly ended: Promise<CommandEnd>;
  readonly #channel: ClientChannel;
  #isOver = false;

  /** @param whyGone the error for a channel that ended without a status */
  constructor(channel: ClientChannel, whyGone: () => DomesError) {
    this.#channel = channel;
    this.stdin = channel.stdin;
    this.stdout = channel.stdout;
    this.stderr = channel.stderr;
    channel.on('error', () => {});
    this.ended = endOf(channel, whyGone);
    const over = () => {
      this.#isOver = true;
    };
    this.ended.then(over, over);
  }

  /** Sends it a signal; a server may take no notice. */
  kill(signal: SignalName = 'TERM'): void {
    if (!this.#isOver) this.#channel.signal(signal);
  }

  /**
   * Lets go of it: its streams are closed, what it still prints is dropped. Whether and when it ends by that is the
   * server's affair, which is not waited for: it may be gone. Idempotent, never throws.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#channel.close();
    this.stdout.resume();
    this.stderr.resume();
  }
}

async function endOf(channel: ClientChannel, whyGone: () => DomesError): Promise<CommandEnd> {
  let end: CommandEnd | undefined;
  channel.on('exit', (code: number | null, signal?: string) => {
    end = code === null ? bySignal(signal ?? '') : { exitStatus: code };
  });
  await Promise.all([closed(channel), closed(channel.stderr)]);
  if (end) return end;
  throw whyGone();
}

/** ssh2's streams close when they have been read. */
function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', () => resolve());
  });
}

/** @param name with or without SIG, as the server has it */
function bySignal(name: string): CommandEnd {
  const signal = `SIG${name.replace(/^SIG/, '')}`;
  return { exitStatus: 128 + (constants.signals[signal as NodeJS.Signals] ?? 0), signal };
}
