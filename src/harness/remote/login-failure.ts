/** Why a host did not let us in, and what to do about it. */
import { HostError } from '../../errors.ts';
import { fingerprint } from '../ssh/host-keys.ts';
import type { KnownKey } from './known-hosts.ts';
import type { OwnKeys } from './own-keys.ts';
import { hostWord, type Stop } from './route.ts';

/** ssh2 tells by `level` where it went wrong (its README, "Client events"). */
export type SshError = Error & { readonly level?: string };

export interface LoginAttempt {
  readonly known: readonly KnownKey[];
  readonly own: OwnKeys;
  /** The key that the host has shown. */
  readonly offered: Buffer | undefined;
}

export function loginFailure(stop: Stop, cause: SshError, { known, own, offered }: LoginAttempt): HostError {
  const { name, user, host } = stop;
  if (offered && !isTrusted(offered, known)) return untrusted(stop, offered, known);
  if (cause.level === 'client-authentication')
    return new HostError('DOMES_HOST_LOGIN', `host ${name} refused the login of ${user}`, {
      probably: `keys that were shown: ${own.shown}`,
      next: `let one in: ssh-copy-id ${byHand(stop)}; or name it: DOMES_SSH_KEY=path`,
    });
  const where = name.includes(host) ? '' : ` (${host})`;
  return new HostError('DOMES_HOST_UNREACHABLE', `host ${name}${where}: ${cause.message}`, {
    doing: 'the login by ssh',
    next: `try it by hand: ssh ${byHand(stop)} true`,
  });
}

/** How ssh is told of it. */
export function byHand({ name }: Pick<Stop, 'name'>): string {
  const url = new URL(name);
  const user = url.username === '' ? '' : `${decodeURIComponent(url.username)}@`;
  const port = url.port === '' ? '' : `-p ${url.port} `;
  return `${port}${user}${url.hostname.replace(/^\[(.*)\]$/, '$1')}`;
}

export function isTrusted(key: Buffer, known: readonly KnownKey[]): boolean {
  const same = known.filter((one) => one.key === key.toString('base64'));
  return same.length > 0 && !same.some(({ isRevoked }) => isRevoked);
}

function untrusted(stop: Stop, offered: Buffer, known: readonly KnownKey[]): HostError {
  const { name, host, port } = stop;
  const [file = 'known_hosts'] = stop.knownHosts;
  const key = fingerprint(offered);
  if (known.length === 0)
    return new HostError('DOMES_HOST_KEY', `the host key of ${name} is not known: ${key}`, {
      probably: `there is no line for ${hostWord(stop)} in ${file}`,
      next:
        stop.alias === undefined
          ? `compare the fingerprint, then: ssh-keyscan -p ${port} ${host} >> ${file}`
          : `compare the fingerprint, and learn the key: ssh ${byHand(stop)} true`,
    });
  return new HostError('DOMES_HOST_KEY', `${name} has another host key than the known one: ${key}`, {
    probably: 'somebody else answers, or the host was installed anew',
    next: `where that is meant: ssh-keygen -R '${hostWord(stop)}' -f ${file}, and learn its key again`,
  });
}
