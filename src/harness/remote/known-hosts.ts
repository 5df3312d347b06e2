/** The hosts whose keys the user knows: OpenSSH's known_hosts files (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostWord, type Stop } from './route.ts';

export interface KnownKey {
  /** `ssh-ed25519`. */
  readonly type: string;
  /** In base64, as ssh sends it. */
  readonly key: string;
  readonly isRevoked: boolean;
}

/** All that the files know of a host; a file that can't be read says nothing. */
export function knownKeys(stop: Pick<Stop, 'alias' | 'host' | 'port' | 'knownHosts'>): KnownKey[] {
  return stop.knownHosts.flatMap((file) => keysIn(textOf(file), hostWord(stop)));
}

/** The keys that a file's text has for a host. Those of certificate authorities are left out: they sign, and are no host's. */
export function keysIn(text: string, host: string): KnownKey[] {
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [hosts, type, key] = words;
    if (!hosts || hosts.startsWith('#') || !type || !key || marker === '@cert-authority') return [];
    return isNamed(hosts, host) ? [{ type, key, isRevoked: marker === '@revoked' }] : [];
  });
}

function isNamed(hosts: string, host: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts) ?? [];
  if (salt && hash)
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest('base64') === hash;
  const patterns = hosts.split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1), host))) return false;
  return patterns.some((pattern) => fits(pattern, host));
}

/** With `*` and `?`, as in a shell. */
function fits(pattern: string, host: string): boolean {
  const source = pattern
    .replace(/[^\w*?-]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'i').test(host);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
