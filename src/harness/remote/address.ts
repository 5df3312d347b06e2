/** DOMES_HOST: the hosts that machines run on, and how many at once on each. */
import { ScenarioError } from '../../errors.ts';

export interface HostAddress {
  /** As it was written: `ssh://user@host:port`. */
  readonly name: string;
  readonly host: string;
  /** Where it is not said, the user's ssh configuration says it. */
  readonly user?: string;
  readonly port?: number;
  /** How many machines may run there at once. */
  readonly places: number;
  /** Where it leads, once that was asked of the user's ssh configuration; see distinct-hosts.ts. */
  readonly identity?: string;
  /** Folder there for images and for what machines write; without it, the user's cache and the temporary folder. */
  readonly folder?: string;
}

/** More than any host of today can emulate. */
const MOST_PLACES = 1_000;

const FORM = 'ssh://user@host:port*places; user, port and places may be left out';

/**
 * The hosts of `DOMES_HOST`, in the order in which they are named; none where it is not set: machines run here.
 * @throws ScenarioError that names the part that is wrong.
 */
export function hostAddresses({ DOMES_HOST: text }: NodeJS.ProcessEnv = process.env): HostAddress[] {
  if (text === undefined || text.trim() === '') return [];
  const all = text.split(',').map((part) => addressOf(part.trim()));
  for (const [index, { name }] of all.entries())
    if (all.findIndex((other) => other.name === name) < index)
      throw wrong(name, 'it is there twice', 'say how many machines it may run: ssh://host*2');
  return all;
}

function addressOf(part: string): HostAddress {
  if (part === '') throw wrong(part, 'an empty part between commas');
  const [, address = '', places = '1'] = /^(.*?)(?:\*([^*]*))?$/.exec(part) ?? [];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!address.startsWith('ssh://') || !url) throw wrong(part, 'it is no ssh:// address');
  if (url.password !== '')
    throw wrong(
      part.replace(/:[^:@/]*@/, ':…@'),
      'a password does not belong here',
      'log in by a key: ssh-copy-id, ssh-agent or DOMES_SSH_KEY',
    );
  if (url.hostname === '') throw wrong(part, 'it names no host');
  if (url.search !== '' || url.hash !== '')
    throw wrong(part, `"${url.search}${url.hash}" means nothing here`);
  if (!/^[1-9]\d*$/.test(places) || Number(places) > MOST_PLACES)
    throw wrong(part, `"${places}" is no number of places from 1 to ${MOST_PLACES}`);
  const user = decodeURIComponent(url.username);
  const folder = decodeURIComponent(url.pathname).replace(/\/+$/, '');
  return {
    name: `ssh://${user === '' ? '' : `${url.username}@`}${url.host}`,
    ...(user !== '' && { user }),
    // Brackets are the address's, not the host's.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(url.port !== '' && { port: Number(url.port) }),
    places: Number(places),
    ...(folder !== '' && { folder }),
  };
}

function wrong(part: string, why: string, next = `expected ${FORM}; several with commas between them`) {
  return new ScenarioError(`DOMES_HOST: "${part}": ${why}`, { next });
}
