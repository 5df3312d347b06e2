/** A host for tests: OpenSSH's server on a port of this machine, with a home and a temporary folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { boundToParent } from '../../runner/parent-death.ts';
import type { SshKey } from '../../ssh/key.ts';
import { program, sshdFiles } from '../../ssh/testing/real-sshd.ts';

export interface SshdHost extends AsyncDisposable {
  /** `ssh://127.0.0.1:port`: leads to the server through a relay that can be cut. */
  readonly address: string;
  /** Of the relay. */
  readonly port: number;
  /** Files by which a client gets in: DOMES_SSH_KEY and DOMES_SSH_KNOWN_HOSTS. */
  readonly key: SshKey;
  readonly keyFile: string;
  readonly knownHosts: string;
  /** A line of known_hosts. */
  readonly hostLine: string;
  /** Where machines' folders are there, and the pristine files. */
  readonly temporary: string;
  readonly cache: string;
  /** Cuts every connection. */
  cut(): void;
  /** How many connections there are. */
  connections(): number;
  /** Bytes that went to it since this was last asked. */
  received(): number;
}

export interface SshdHostOptions {
  /** Lines of sshd_config. */
  readonly extra?: readonly string[];
  /** Of what is started there. */
  readonly path?: string;
  /** What gets in; default: a key of its own. */
  readonly key?: SshKey;
}

export async function sshdHost(
  folder: string,
  { extra = [], path = process.env.PATH, key }: SshdHostOptions = {},
): Promise<SshdHost> {
  const home = join(folder, 'home');
  const temporary = join(folder, 'tmp');
  for (const one of [home, temporary]) mkdirSync(one, { recursive: true, mode: 0o700 });
  const cache = join(home, '.cache', 'domes-images');
  // Of several such lines only the first counts.
  const environment = `SetEnv HOME=${home} TMPDIR=${temporary} XDG_CACHE_HOME=${home}/.cache PATH=${path}`;
  const files = sshdFiles(join(folder, 'ssh'), [environment, ...extra], key);
  const inner = await freePort();
  const args = ['-D', '-e', '-f', files.config, '-o', 'ListenAddress=127.0.0.1', '-p', String(inner)];
  const [file, ...rest] = boundToParent([program('sshd') as string, ...args]);
  const server = spawn(file as string, rest, { stdio: 'ignore' });
  await listens(inner);

  const sockets = new Set<Socket>();
  let received = 0;
  const relay = createServer((near) => {
    const far = connect(inner, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => {}).setNoDelay(true);
    near.on('data', (bytes) => {
      received += bytes.length;
    });
    near.pipe(far).pipe(near);
    near.once('close', () => {
      sockets.delete(near);
      far.destroy();
    });
    far.once('close', () => near.destroy());
    sockets.add(near);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const { port } = relay.address() as AddressInfo;
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, files.key.privateText, { mode: 0o600 });
  const hostLine = `[127.0.0.1]:${port} ${files.hostLine}\n`;
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(knownHosts, hostLine);
  return {
    address: `ssh://127.0.0.1:${port}`,
    ...{ key: files.key, port, keyFile, knownHosts, hostLine, temporary, cache },
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    connections: () => sockets.size,
    received: () => {
      const bytes = received;
      received = 0;
      return bytes;
    },
    async [Symbol.asyncDispose]() {
      relay.close();
      for (const socket of sockets) socket.destroy();
      const gone = server.exitCode === null && once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
    },
  };
}

/** The command lines of living processes that were started for a folder of this host's. */
export function processesIn(temporary: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        if (!environment.some((entry) => entry === `TMPDIR=${temporary}`)) return [];
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 80)];
      } catch {
        // Gone, or another user's.
        return [];
      }
    })
    .filter((line) => line !== '');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** The server says nowhere that it listens: it is asked until it does. */
async function listens(port: number): Promise<void> {
  for (let patience = 400; patience > 0; patience--) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`sshd does not listen on port ${port}`);
}
