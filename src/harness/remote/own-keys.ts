/** What a user can show a host to be let in: the keys of their agent, and those in files. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AnyAuthMethod } from 'ssh2';
import { ScenarioError } from '../../errors.ts';

export interface OwnKeys {
  /** In the order in which they are shown. */
  readonly methods: AnyAuthMethod[];
  /** What they are, and why others are not among them, for the message when none is taken. */
  readonly shown: string;
}

/** Where ssh(1) looks as well, the better ones first. */
const KEY_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * The key of `DOMES_SSH_KEY` alone where that is set; else the agent's (SSH_AUTH_SOCK), then the files in ~/.ssh.
 * @throws ScenarioError when the file of DOMES_SSH_KEY is no key that can be used.
 */
export function ownKeys(username: string, env: NodeJS.ProcessEnv = process.env): OwnKeys {
  if (env.DOMES_SSH_KEY) {
    const key = keyIn(env.DOMES_SSH_KEY);
    if (typeof key !== 'string')
      return { methods: [{ type: 'publickey', username, key: key.text }], shown: env.DOMES_SSH_KEY };
    throw new ScenarioError(`DOMES_SSH_KEY is ${env.DOMES_SSH_KEY}: ${key}`);
  }
  const methods: AnyAuthMethod[] = [];
  const shown: string[] = [];
  if (env.SSH_AUTH_SOCK) {
    methods.push({ type: 'agent', username, agent: env.SSH_AUTH_SOCK });
    shown.push('those of the agent');
  }
  for (const name of KEY_FILES) {
    const key = keyIn(join(homedir(), '.ssh', name));
    if (typeof key !== 'string') methods.push({ type: 'publickey', username, key: key.text });
    if (key !== 'it is not there')
      shown.push(`~/.ssh/${name}${typeof key === 'string' ? ` (not used: ${key})` : ''}`);
  }
  return { methods, shown: shown.join(', ') || 'none: there is no agent, and no key in ~/.ssh' };
}

/** The key in a file, or why it can't be used. */
function keyIn(file: string): { readonly text: string } | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'it is not there' : message;
  }
  const parsed = ssh2.utils.parseKey(text);
  if (!(parsed instanceof Error)) return { text };
  return /encrypted/i.test(parsed.message)
    ? 'it has a passphrase, for which an agent is needed: ssh-add'
    : parsed.message;
}
