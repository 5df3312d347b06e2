/** The way onto a host: TCP or a way through other hosts, a host key that is known, and a key that lets the user in. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ServerHostKeyAlgorithm } from 'ssh2';
import { AbortError, HostError } from '../../errors.ts';
import type { HostAddress } from './address.ts';
import { type KnownKey, knownKeys } from './known-hosts.ts';
import { byHand, isTrusted, loginFailure, type SshError } from './login-failure.ts';
import { ownKeys } from './own-keys.ts';
import { routeTo, type Stop } from './route.ts';

/** For the connection, and for the login: a host that takes longer is not there. */
const LIMIT_MS = 20_000;
/** By questions at this pace a host that has gone silent is found out, after so many of them: 40 s. */
const KEEPALIVE = { intervalMs: 5_000, count: 8 };

interface LoginOptions {
  readonly signal?: AbortSignal | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Logs in, by way of the hosts that the user's ssh configuration names for it; the connections to those end with this
 * one.
 * @throws HostError when a host can't be reached, is not the one that it was, or refuses the login; ScenarioError
 * for a DOMES_SSH_KEY that is none, and as routeTo does; AbortError.
 */
export async function logInTo(
  address: HostAddress,
  { signal, env = process.env }: LoginOptions = {},
): Promise<Client> {
  let client: Client | undefined;
  try {
    for (const stop of await routeTo(address, env)) {
      const before = client;
      const socket = before ? await through(before, stop, signal) : await reached(stop, signal);
      client = await loggedIn(stop, socket, { signal, env });
      client.once('close', () => before?.end());
    }
    return client as Client;
  } catch (error) {
    client?.end();
    client?.destroy();
    throw error;
  }
}

async function loggedIn(
  stop: Stop,
  socket: Duplex,
  { signal, env }: LoginOptions & { readonly env: NodeJS.ProcessEnv },
): Promise<Client> {
  const client = new ssh2.Client();
  let offered: Buffer | undefined;
  const known = knownKeys(stop);
  try {
    const own = ownKeys(stop, env);
    try {
      await ready(client, signal, {
        sock: socket,
        username: stop.user,
        authHandler: own.methods,
        readyTimeout: LIMIT_MS,
        keepaliveInterval: KEEPALIVE.intervalMs,
        keepaliveCountMax: KEEPALIVE.count,
        ...(known.length > 0 && { algorithms: { serverHostKey: algorithmsOf(known) } }),
        hostVerifier: (key: Buffer) => {
          offered = key;
          return isTrusted(key, known);
        },
      });
    } catch (cause) {
      if (signal?.aborted) throw cancelled(stop);
      throw loginFailure(stop, cause as SshError, { known, own, offered });
    }
    return client;
  } catch (error) {
    client.destroy();
    socket.destroy();
    throw error;
  }
}

async function reached(stop: Stop, signal: AbortSignal | undefined): Promise<Duplex> {
  const { host, port } = stop;
  const limit = AbortSignal.timeout(LIMIT_MS);
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, 'connect', { signal: signal ? AbortSignal.any([signal, limit]) : limit });
    return socket;
  } catch (cause) {
    socket.destroy();
    if (signal?.aborted) throw cancelled(stop);
    throw unreachable(stop, limit.aborted ? LATE : (cause as Error).message);
  }
}

/** A connection to a host that another one makes for us. */
async function through(before: Client, stop: Stop, signal: AbortSignal | undefined): Promise<Duplex> {
  const { host, port } = stop;
  const limit = AbortSignal.timeout(LIMIT_MS);
  const over = signal ? AbortSignal.any([signal, limit]) : limit;
  try {
    return await new Promise<Duplex>((resolve, reject) => {
      over.addEventListener('abort', reject, { once: true });
      before.once('close', () => reject(new Error('the host between has closed the connection')));
      before.forwardOut('127.0.0.1', 0, host, port, (error, stream) =>
        error ? reject(error) : resolve(stream),
      );
    });
  } catch (cause) {
    if (signal?.aborted) throw cancelled(stop);
    throw unreachable(stop, limit.aborted ? LATE : `the host between says: ${(cause as Error).message}`);
  }
}

const LATE = `it has not answered for ${LIMIT_MS / 1000} s`;

function unreachable(stop: Stop, why: string): HostError {
  return new HostError('DOMES_HOST_UNREACHABLE', `host ${stop.name} can't be reached: ${why}`, {
    next: `try it by hand: ssh ${byHand(stop)} true`,
  });
}

function ready(
  client: Client,
  signal: AbortSignal | undefined,
  config: Parameters<Client['connect']>[0],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('cancelled'));
    const end = () => {
      signal?.removeEventListener('abort', stop);
      client.removeAllListeners();
      // Whatever still comes of a client that nobody has must not end the process.
      client.on('error', () => {});
    };
    signal?.addEventListener('abort', stop, { once: true });
    client.once('ready', () => {
      end();
      resolve();
    });
    const fail = (error: Error) => {
      end();
      reject(error);
    };
    client.once('error', fail);
    client.once('close', () => fail(new Error('the connection was closed before the login')));
    client.connect(config);
  });
}

/** The host is asked for a key of a kind that is known, not for the one that it likes best. */
function algorithmsOf(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const types = new Set(known.map(({ type }) => type));
  return [...types].flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type],
  ) as ServerHostKeyAlgorithm[];
}

function cancelled({ name }: Stop): AbortError {
  return new AbortError(`the run was cancelled on the way to ${name}`);
}
