/** One attempt to log in over a line that is open. */
import type { Duplex } from 'node:stream';
import ssh2, { type Client } from 'ssh2';
import { GuestError, HostKeyError } from '../../errors.ts';
import { fingerprint, type HostKeys } from './host-keys.ts';

export interface Login {
  readonly user: string;
  readonly password?: string | undefined;
  /** OpenSSH's own format. */
  readonly privateKey?: string | undefined;
}

export interface HandshakeParts {
  readonly login: Login;
  readonly hostKeys: HostKeys;
  /** The server, in messages. */
  readonly name: string;
  /** How long the server may take, ms. */
  readonly limitMs: number;
}

/** The server is not there yet, or is there no more: another attempt is fair. */
export interface NotYet {
  readonly notYet: string;
}

/** A server that is asked nothing says nothing: by this a guest that has rebooted, or hangs, is found out. */
const KEEPALIVE_MS = 5_000;
/** So many questions unanswered, one after the other, and the connection is given up: a minute. */
const KEEPALIVE_COUNT = 12;

/**
 * Logs in; the stream belongs to the client then, or is destroyed.
 * @throws HostKeyError; GuestError when the login is refused, or server and client have no common language.
 */
export function handshake(stream: Duplex, parts: HandshakeParts): Promise<Client | NotYet> {
  const { login, hostKeys, name, limitMs } = parts;
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    let wrong: Error | undefined;
    const end = (settle: () => void) => {
      client.removeAllListeners();
      // Whatever still comes of a client that nobody has must not end the process.
      client.on('error', () => {});
      settle();
    };
    const giveUp = (error: Error | NotYet) =>
      end(() => {
        client.destroy();
        stream.destroy();
        if ('notYet' in error) resolve(error);
        else reject(error);
      });
    client.on('ready', () => end(() => resolve(client)));
    client.on('close', () => giveUp({ notYet: 'the connection was closed before the login' }));
    client.on('error', (error: Error & { level?: string }) => giveUp(wrong ?? judged(error, login, name)));
    client.connect({
      sock: stream as never,
      username: login.user,
      ...(login.password !== undefined && { password: login.password }),
      ...(login.privateKey !== undefined && { privateKey: login.privateKey }),
      readyTimeout: limitMs,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVE_COUNT,
      hostVerifier: (key: Buffer) => {
        const isKnown = hostKeys.accepts(key);
        if (!isKnown) wrong = changed(name, key, hostKeys);
        return isKnown;
      },
    });
  });
}

function changed(name: string, key: Buffer, { fingerprints }: HostKeys): HostKeyError {
  return new HostKeyError(
    `the ssh server of ${name} has another host key than before: ${fingerprint(key)}`,
    fingerprint(key),
    {
      probably: `known: ${fingerprints.join(', ')}; another server answers, or its keys were made anew`,
      next: 'where that is meant, as after a reinstallation: machine.sshAccess.forget()',
    },
  );
}

/** ssh2 tells by `level` where it went wrong (its README, "Client events"). */
function judged(error: Error & { level?: string }, { user }: Login, name: string): Error | NotYet {
  if (error.level === 'client-authentication')
    return new GuestError('DOMES_SSH_LOGIN', `the ssh server of ${name} refused the login of ${user}`, {
      next: 'check the user and the password; a key is let in through a shell: await machine.shell() first',
    });
  if (error.level === 'handshake')
    return new GuestError('DOMES_SSH_HANDSHAKE', `ssh to ${name}: ${error.message}`, {
      probably: 'the server speaks no cipher, key exchange or host key that this client does',
    });
  return { notYet: error.message };
}
