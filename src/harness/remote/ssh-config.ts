/**
 * What the user's ssh would do to get to a host: ~/.ssh/config as OpenSSH's own client reads it (`ssh -G`), with its
 * patterns, includes and matches.
 */
import { existsSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { HostSetupError, ScenarioError } from '../../errors.ts';
import { findProgram } from '../host/programs.ts';

/** A host as it is written: in DOMES_HOST, or as a jump in the configuration. */
export interface WrittenHost {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

export interface SshSettings {
  readonly host: string;
  readonly user: string;
  readonly port: number;
  /** What known_hosts calls it, where that is not its name (HostKeyAlias). */
  readonly alias?: string;
  readonly knownHosts: readonly string[];
  /** Files of keys, whether they are there or not. */
  readonly keyFiles: readonly string[];
  /** Of the agent's keys only those of these files may be shown (IdentitiesOnly). */
  readonly onlyKeyFiles: boolean;
  /** Socket of the agent. */
  readonly agent?: string;
  /** Hosts on the way, the nearest first. */
  readonly jumps: readonly WrittenHost[];
}

export const SSH_PORT = 22;
/** Where ssh(1) looks as well, the better ones first. */
const KEY_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * What holds for a host, by `DOMES_SSH_CONFIG` or the user's own configuration. Without OpenSSH's client, and without a
 * configuration, what it would do then.
 * @throws ScenarioError with ssh's words for a mistake in the configuration, and for a way that only ssh can go;
 * HostSetupError when there is a configuration and no ssh to read it.
 */
export async function sshSettings(
  written: WrittenHost,
  env: NodeJS.ProcessEnv = process.env,
): Promise<SshSettings> {
  const { DOMES_SSH_CONFIG: file } = env;
  const ssh = findProgram('ssh');
  if (ssh === undefined) {
    const config = file || join(homedir(), '.ssh', 'config');
    if (!existsSync(config)) return defaults(written, env);
    throw new HostSetupError(`missing on this host: ssh, which reads ${config}`, {
      next: 'on Debian: apt-get install openssh-client',
    });
  }
  const { host, user, port } = written;
  const args = [
    ...(file ? ['-F', file] : []),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
  ];
  const result = await execa(ssh, ['-G', '-T', ...args, '--', host], {
    ...{ reject: false, stdin: 'ignore' },
    env: { ...env, LC_ALL: 'C' },
  });
  if (!result.failed) return settingsIn(result.stdout, written, env);
  const words = result.stderr.trim().split('\n')[0] || result.shortMessage;
  throw new ScenarioError(`the way to ${host}: ${words}`, { next: `try it by hand: ssh -G ${host}` });
}

/** Exported for its tests. @param text what `ssh -G` prints: a keyword and its value in each line */
export function settingsIn(
  text: string,
  { host: written }: WrittenHost,
  env: NodeJS.ProcessEnv,
): SshSettings {
  const all = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, keyword = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    all.set(keyword, [...(all.get(keyword) ?? []), value]);
  }
  const one = (keyword: string) => all.get(keyword)?.[0];
  const [host, user, port] = [one('hostname') ?? written, one('user') ?? '', Number(one('port'))];
  const command = one('proxycommand');
  if (command !== undefined && command !== 'none')
    throw new ScenarioError(`the way to ${written}: its ProxyCommand (${command}) is a program of ssh's`, {
      next: 'name the host between as a ProxyJump',
    });
  const path = (word: string) => expanded(word, { host, user, port, written });
  const files = (keyword: string) => (one(keyword) ?? '').split(' ').filter(Boolean).map(path);
  const alias = one('hostkeyalias');
  const agent = agentOf(one('identityagent'), path, env);
  return {
    ...{ host, user, port },
    ...(alias !== undefined && { alias }),
    knownHosts: [...files('userknownhostsfile'), ...files('globalknownhostsfile')],
    keyFiles: (all.get('identityfile') ?? []).map(path),
    onlyKeyFiles: one('identitiesonly') === 'yes',
    ...(agent !== undefined && { agent }),
    jumps: jumpsIn(one('proxyjump') ?? 'none', written),
  };
}

/** TOKENS of ssh_config(5), as far as `ssh -G` leaves them in paths. */
function expanded(
  word: string,
  { host, user, port, written }: { host: string; user: string; port: number; written: string },
): string {
  const own = userInfo().username;
  const tokens: Record<string, string> = {
    ...{
      '%': '%',
      d: homedir(),
      h: host,
      L: hostname().split('.', 1)[0] as string,
      l: hostname(),
      n: written,
    },
    ...{ p: String(port), r: user, u: own, i: String(process.getuid?.()) },
  };
  return word.replace(/^~(?=\/)/, homedir()).replace(/%(.)/g, (all, letter: string) => tokens[letter] ?? all);
}

function agentOf(
  wanted: string | undefined,
  path: (word: string) => string,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (wanted === 'none') return undefined;
  if (wanted === undefined || wanted === 'SSH_AUTH_SOCK') return env.SSH_AUTH_SOCK || undefined;
  return wanted.startsWith('$') ? env[wanted.slice(1)] : path(wanted);
}

/** `[user@]host[:port]` or `ssh://…`, with commas between them. */
function jumpsIn(text: string, host: string): WrittenHost[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const [, user, brackets, name, port] =
      /^(?:ssh:\/\/)?(?:(.*)@)?(?:\[(.*)\]|([^:[\]]+))(?::(\d+))?\/?$/.exec(part) ?? [];
    const jump = brackets ?? name;
    if (jump === undefined) throw new ScenarioError(`the way to ${host}: ProxyJump "${part}" names no host`);
    return {
      host: jump,
      ...(user !== undefined && { user }),
      ...(port !== undefined && { port: Number(port) }),
    };
  });
}

function defaults({ host, user, port = SSH_PORT }: WrittenHost, env: NodeJS.ProcessEnv): SshSettings {
  const own = (name: string) => join(homedir(), '.ssh', name);
  return {
    ...{ host, port, user: user ?? userInfo().username },
    knownHosts: [own('known_hosts'), '/etc/ssh/ssh_known_hosts'],
    keyFiles: KEY_FILES.map(own),
    onlyKeyFiles: false,
    ...(env.SSH_AUTH_SOCK && { agent: env.SSH_AUTH_SOCK }),
    jumps: [],
  };
}
