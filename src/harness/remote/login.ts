/** The way onto a host: TCP, a host key that is known, and a key that lets the user in. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import ssh2, { type Client, type ServerHostKeyAlgorithm } from 'ssh2';
import { AbortError, HostError, type ScenarioError } from '../../errors.ts';
import { fingerprint } from '../ssh/host-keys.ts';
import type { HostAddress } from './address.ts';
import { hostWord, type KnownKey, knownHostsFile, knownKeys } from './known-hosts.ts';
import { type OwnKeys, ownKeys } from './own-keys.ts';

/** For the connection, and for the login: a host that takes longer is not there. */
const LIMIT_MS = 20_000;
/** By questions at this pace a host that has gone silent is found out, after so many of them: 40 s. */
const KEEPALIVE = { intervalMs: 5_000, count: 8 };

interface LoginOptions {
  readonly signal?: AbortSignal | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Logs in.
 * @throws HostError when the host can't be reached, is not the one that it was, or refuses the login; ScenarioError
 * for a DOMES_SSH_KEY that is none; AbortError.
 */
export async function logInTo(
  address: HostAddress,
  { signal, env = process.env }: LoginOptions = {},
): Promise<Client> {
  const known = knownKeys(address, env);
  const own = ownKeys(address.user, env);
  const socket = await reached(address, signal);
  const client = new ssh2.Client();
  let offered: Buffer | undefined;
  try {
    await ready(client, signal, {
      sock: socket,
      username: address.user,
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
    return client;
  } catch (cause) {
    client.destroy();
    socket.destroy();
    if (signal?.aborted) throw cancelled(address);
    throw explained(address, cause as SshError, { known, own, offered, env });
  }
}

async function reached({ name, host, port, user }: HostAddress, signal?: AbortSignal): Promise<Socket> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, 'connect', { signal: signal ? AbortSignal.any([signal, limit]) : limit });
    return socket;
  } catch (cause) {
    socket.destroy();
    if (signal?.aborted) throw new AbortError(`the run was cancelled on the way to ${name}`);
    const why = limit.aborted ? `it has not answered for ${LIMIT_MS / 1000} s` : (cause as Error).message;
    throw new HostError('DOMES_HOST_UNREACHABLE', `host ${name} can't be reached: ${why}`, {
      next: `try it by hand: ssh -p ${port} ${user}@${host} true`,
    });
  }
}

/** ssh2 tells by `level` where it went wrong (its README, "Client events"). */
type SshError = Error & { readonly level?: string };

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

interface Attempt {
  readonly known: readonly KnownKey[];
  readonly own: OwnKeys;
  readonly offered: Buffer | undefined;
  readonly env: NodeJS.ProcessEnv;
}

function explained(
  address: HostAddress,
  cause: SshError,
  { known, own, offered, env }: Attempt,
): HostError | ScenarioError {
  const { name, user, host, port } = address;
  if (offered && !isTrusted(offered, known)) return untrusted(address, offered, { known, env });
  if (cause.level === 'client-authentication')
    return new HostError('DOMES_HOST_LOGIN', `host ${name} refused the login of ${user}`, {
      probably: `keys that were shown: ${own.shown}`,
      next: `let one in: ssh-copy-id -p ${port} ${user}@${host}; or name it: DOMES_SSH_KEY=path`,
    });
  return new HostError('DOMES_HOST_UNREACHABLE', `host ${name}: ${cause.message}`, {
    doing: 'the login by ssh',
    next: `try it by hand: ssh -p ${port} ${user}@${host} true`,
  });
}

function untrusted(
  address: HostAddress,
  offered: Buffer,
  { known, env }: Pick<Attempt, 'known' | 'env'>,
): HostError {
  const file = knownHostsFile(env);
  const key = fingerprint(offered);
  if (known.length === 0)
    return new HostError('DOMES_HOST_KEY', `the host key of ${address.name} is not known: ${key}`, {
      probably: `there is no line for ${hostWord(address)} in ${file}`,
      next: `compare the fingerprint, then: ssh-keyscan -p ${address.port} ${address.host} >> ${file}`,
    });
  return new HostError('DOMES_HOST_KEY', `${address.name} has another host key than the known one: ${key}`, {
    probably: 'somebody else answers, or the host was installed anew',
    next: `where that is meant: ssh-keygen -R '${hostWord(address)}' -f ${file}, and learn its key again`,
  });
}

function isTrusted(key: Buffer, known: readonly KnownKey[]): boolean {
  const same = known.filter((one) => one.key === key.toString('base64'));
  return same.length > 0 && !same.some(({ isRevoked }) => isRevoked);
}

/** The host is asked for a key of a kind that is known, not for the one that it likes best. */
function algorithmsOf(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const types = new Set(known.map(({ type }) => type));
  return [...types].flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type],
  ) as ServerHostKeyAlgorithm[];
}

function cancelled({ name }: HostAddress): AbortError {
  return new AbortError(`the run was cancelled while ${name} was being logged in to`);
}
