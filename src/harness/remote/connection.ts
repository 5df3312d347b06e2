/** A connection to a host: commands there, and sockets there that lead here. Its end is the end of all of them. */
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, UNIXConnectionDetails } from 'ssh2';
import { AbortError, HostError } from '../../errors.ts';
import { SshCommand } from '../ssh/command.ts';
import { quoted } from '../ssh/posix-word.ts';
import type { HostAddress } from './address.ts';
import { logInTo } from './login.ts';

export interface FarResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitStatus: number;
}

export class HostConnection implements AsyncDisposable {
  readonly address: HostAddress;
  /** Resolves when it is gone, by whose doing ever; never rejects. */
  readonly closed: Promise<void>;
  readonly #client: Client;
  /** Path there → who waits for its first connection. */
  readonly #awaited = new Map<string, (stream: Duplex) => void>();
  #isClosed = false;
  #isOver = false;
  /** The client's last word. */
  #trouble: string | undefined;

  private constructor(address: HostAddress, client: Client) {
    this.address = address;
    this.#client = client;
    client.on('error', (error) => {
      this.#trouble = error.message;
    });
    client.on('unix connection', ({ socketPath }: UNIXConnectionDetails, accept, refuse) => {
      const take = this.#awaited.get(socketPath);
      this.#awaited.delete(socketPath);
      if (!take) return refuse?.();
      const stream = accept();
      stream.on('error', () => {});
      // QEMU has closed it: it would stay open for what nobody reads.
      stream.once('end', () => stream.end());
      take(stream);
    });
    this.closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
    // What it sends after the end is not waited for.
    client.on('end', () => client.destroy());
  }

  /** @throws as logInTo does. */
  static async open(
    address: HostAddress,
    options?: { readonly signal?: AbortSignal | undefined; readonly env?: NodeJS.ProcessEnv },
  ): Promise<HostConnection> {
    return new HostConnection(address, await logInTo(address, options));
  }

  /**
   * Starts a program there; its streams and its end are the caller's to see to.
   * @throws HostError when the host refuses, or the connection is gone.
   */
  start(argv: readonly string[]): Promise<SshCommand> {
    const doing = `start of ${argv[0]}`;
    // The user's own shell is not our parent: what runs for us ends with the connection.
    const command = `exec ${argv.map(quoted).join(' ')}`;
    // Made in the callback itself: a short command's status may have come in the same packet, and is told only once.
    return this.#ask(doing, (answer) =>
      this.#client.exec(command, (error, channel: ClientChannel) =>
        error ? answer(error) : answer(undefined, new SshCommand(channel, () => this.gone(doing))),
      ),
    );
  }

  /** Runs a program there to its end. @throws HostError as `start` does; AbortError. */
  async run(
    argv: readonly string[],
    { signal, input }: { readonly signal?: AbortSignal | undefined; readonly input?: Uint8Array } = {},
  ): Promise<FarResult> {
    await using command = await this.start(argv);
    command.stdin.end(input);
    const [stdout, stderr, { exitStatus }] = await unlessAborted(
      Promise.all([textOf(command.stdout), textOf(command.stderr), command.ended]),
      signal,
    );
    return { stdout, stderr, exitStatus };
  }

  /**
   * Has the host listen on a Unix socket, until the connection ends.
   * @returns the first connection to it, when it comes; nobody gets a second one.
   * @throws HostError when its server refuses that.
   */
  async listen(path: string): Promise<{ readonly connected: Promise<Duplex> }> {
    const connected = new Promise<Duplex>((resolve) => this.#awaited.set(path, resolve));
    await this.#ask<true>(`a socket for QEMU, ${path}`, (answer) =>
      this.#client.openssh_forwardInStreamLocal(path, (error?: Error | null) =>
        error ? answer(error) : answer(undefined, true),
      ),
    );
    return { connected };
  }

  /** Has the host listen there no more; what is connected stays. Never rejects. */
  unlisten(path: string): void {
    this.#awaited.delete(path);
    if (!this.#isClosed) this.#client.openssh_unforwardInStreamLocal(path, () => {});
  }

  /** Why it is gone, in words; `undefined` while it is there, or when we have ended it. */
  get whyGone(): string | undefined {
    if (!this.#isClosed || this.#isOver) return undefined;
    const silent = this.#trouble === 'Keepalive timeout';
    const cause = silent ? 'it has answered nothing for 40 s' : (this.#trouble ?? 'its server closed it');
    return `the connection to ${this.address.name} is gone: ${cause}`;
  }

  /** The error for what could not be done because it is gone. */
  gone(doing: string): HostError {
    const { name } = this.address;
    const why = this.whyGone ?? `the connection to ${name} was ended`;
    return new HostError('DOMES_HOST_LOST', why, {
      doing,
      next: 'look at that host and at the network to it: npx domes doctor',
    });
  }

  /** Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    if (this.#isClosed) return;
    this.#client.end();
    this.#client.destroy();
    await this.closed;
  }

  #ask<T>(doing: string, begin: (answer: (error: Error | undefined, value?: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(this.gone(doing));
      // A connection that goes answers nothing that was asked over it.
      void this.closed.then(() => reject(this.gone(doing)));
      const answer = (error: Error | undefined, value?: T) =>
        error ? reject(this.#refused(doing, error)) : resolve(value as T);
      try {
        begin(answer);
      } catch (error) {
        answer(error as Error);
      }
    });
  }

  #refused(doing: string, { message }: Error): HostError {
    if (this.#isClosed || message === 'Not connected' || message === 'No response from server')
      return this.gone(doing);
    const isSocket = doing.startsWith('a socket');
    return new HostError('DOMES_HOST_REFUSED', `host ${this.address.name} refused ${doing}: ${message}`, {
      ...(isSocket && {
        next: 'its ssh server must be OpenSSH and forward Unix sockets: AllowStreamLocalForwarding yes in sshd_config',
      }),
    });
  }
}

/** What a stream holds, to its end. */
async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws AbortError when the signal comes first; what is under way is the caller's to end. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new AbortError('the run was cancelled', {}, { cause: signal.reason }));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
