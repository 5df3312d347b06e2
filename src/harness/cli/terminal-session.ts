/**
 * A person at a console: their terminal in raw mode, every key but one for the guest. What the guest prints goes to
 * their terminal as it is, by design and here only: this is a terminal session, as `ssh` and `xl console` are.
 */
import type { ReadStream } from 'node:tty';
import { untilDetach } from './detach-key.ts';

/** The console's side. */
export interface Peer {
  /** Calls back with what the guest prints. */
  onBytes(listener: (bytes: Uint8Array) => void): void;
  send(bytes: Uint8Array): void;
  /** Resolves when nothing comes any more. */
  readonly ended: Promise<unknown>;
}

export interface Person {
  readonly input: NodeJS.ReadStream | ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * What a guest may have switched on in the person's terminal is switched off: DECSTR (cursor, wrapping, scroll region,
 * colours), bracketed paste, mouse reports, line graphics.
 */
const AS_IT_WAS = '\x1b[!p\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x0f\x1b[0m';

/** Resolves when the person has left, the console has ended, or this process is told to end. */
export async function terminalSession(
  peer: Peer,
  { input, output }: Person,
  { detach, signal }: { readonly detach: number; readonly signal: AbortSignal },
): Promise<'detached' | 'ended' | 'cancelled'> {
  const isRaw = input.isTTY === true;
  let left = (_: 'detached' | 'cancelled') => {};
  const leaving = new Promise<'detached' | 'cancelled'>((resolve) => {
    left = resolve;
  });
  const typed = (bytes: Buffer) => {
    const { before, detached } = untilDetach(bytes, detach);
    if (before.length > 0) peer.send(before);
    if (detached) left('detached');
  };
  const cancelled = () => left('cancelled');
  // However this process ends, the terminal must be a person's again.
  const restore = () => {
    if (isRaw) input.setRawMode(false);
    if (output.isTTY) output.write(AS_IT_WAS);
  };
  process.once('exit', restore);
  signal.addEventListener('abort', cancelled, { once: true });
  if (isRaw) input.setRawMode(true);
  input.on('data', typed);
  // The end of what is piped in is no wish to leave: the answer is still to come.
  input.resume();
  peer.onBytes((bytes) => output.write(bytes));
  try {
    return await Promise.race([leaving, peer.ended.then(() => 'ended' as const)]);
  } finally {
    input.off('data', typed);
    input.pause();
    // A pipe that stays open must not keep this process; a file can't.
    if ('unref' in input) input.unref();
    signal.removeEventListener('abort', cancelled);
    process.off('exit', restore);
    restore();
    if (output.isTTY) output.write('\r\n');
  }
}
