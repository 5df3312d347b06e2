/** What is done in the guest, through a shell of it, so that domes can log in by its key and knows the server's keys. */
import { ScenarioError } from '../../errors.ts';
import { KEY_COMMENT, type SshKey } from './key.ts';

/** shadow's own rule for the names of users, which also keeps `~NAME` from being anything else to a shell. */
const USER = /^[a-z_][a-z0-9_-]{0,31}\$?$/i;

/** @throws ScenarioError for what can't be the name of a user. */
export function checkUser(user: string): void {
  if (!USER.test(user)) throw new ScenarioError(`ssh: ${JSON.stringify(user)} can't be the name of a user`);
}

/**
 * A command line that lets a key in, in the place of an older one of ours, and leaves everybody else's. The file is
 * replaced whole: a server may read it at any moment.
 */
export function authorizeCommand(user: string, { publicLine }: SshKey): string {
  checkUser(user);
  const theirs = `grep -v ' ${KEY_COMMENT}$' authorized_keys 2>/dev/null`;
  const file = `{ ${theirs}; echo '${publicLine}'; } > authorized_keys.new && mv authorized_keys.new authorized_keys`;
  // Only root can, and needs to, make another user the owner.
  return `(umask 077; mkdir -p ~${user}/.ssh && cd ~${user}/.ssh && ${file} && { [ "$(id -u)" != 0 ] || chown -R ${user} .; })`;
}

/** A command line that prints a server's public keys, of OpenSSH or dropbear; nothing where there are none yet. */
export const HOST_KEYS_COMMAND =
  'cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null; for k in /etc/dropbear/*_host_key; do dropbearkey -y -f "$k" 2>/dev/null; done';
