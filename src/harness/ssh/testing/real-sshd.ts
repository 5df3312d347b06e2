/** OpenSSH's server, run for one connection at a time as inetd would, with files of its own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { newSshKey, type SshKey } from '../key.ts';

/** Why there is no such server to test with; `undefined` when there is. */
export function whyNoSshd(): string | undefined {
  if (program('sshd') === undefined) return 'sshd is not installed (Debian: openssh-server)';
  if (program('sftp-server') === undefined)
    return 'sftp-server is not installed (Debian: openssh-sftp-server)';
  if (process.getuid?.() !== 0) return undefined;
  // As root it wants to put the unprivileged half of itself into an empty folder, as a user of its own.
  if (!existsSync('/run/sshd') || !/^sshd:/m.test(readFileSync('/etc/passwd', 'utf8')))
    return 'sshd, as root, needs the user sshd and the folder /run/sshd';
  return undefined;
}

export interface RealSshd {
  readonly key: SshKey;
  /** Its own, as in a public key file. */
  readonly hostLine: string;
  open(): Duplex;
}

/** The files of a server: its configuration, its key, and the key that gets in. */
export interface SshdFiles {
  readonly config: string;
  readonly key: SshKey;
  /** Its own, as in a public key file. */
  readonly hostLine: string;
}

/** Writes them. @param extra further lines of its configuration. @param key what gets in; default: a new one */
export function sshdFiles(folder: string, extra: readonly string[] = [], key = newSshKey()): SshdFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const host = newSshKey();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const config = file(
    'sshd_config',
    [
      `HostKey ${file('host_key', host.privateText)}`,
      `AuthorizedKeysFile ${file('authorized_keys', `${key.publicLine}\n`)}`,
      `Subsystem sftp ${program('sftp-server')}`,
      ...['StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin yes'],
      ...['LogLevel ERROR', 'PidFile none', ...extra],
    ].join('\n'),
  );
  return { config, key, hostLine: host.publicLine };
}

export function realSshd(folder: string): RealSshd {
  const { config, key, hostLine } = sshdFiles(folder);
  return {
    key,
    hostLine,
    open() {
      const child = spawn(program('sshd') as string, ['-i', '-f', config], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
      child.stdin.on('error', () => {});
      stream.on('error', () => {});
      stream.once('close', () => child.kill('SIGKILL'));
      return stream;
    },
  };
}

/** Where it is, also where only root's PATH has it. */
export function program(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/lib/openssh'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
