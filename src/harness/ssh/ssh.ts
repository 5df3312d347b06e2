/** An ssh connection to a guest: commands, files and ports, over one login. */
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { CommandError, type DomesError, GuestError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/reader.ts';
import { SshCommand } from './command.ts';
import { dropped } from './dropped.ts';
import type { Login } from './handshake.ts';
import { HostKeys } from './host-keys.ts';
import { type Drop, type Line, type NoLine, outcome, type SshPlace } from './line.ts';
import { localForward, type PortForward, remoteForward } from './port-forward.ts';
import { type Reached, reachServer } from './reach-server.ts';
import { runToEnd, type SshResult, type SshRunOptions } from './run-command.ts';
import { download, upload } from './transfer.ts';
import { Transfers } from './transfers.ts';

/** Another server, that only the guest can reach. */
export interface JumpTarget extends Login {
  readonly host: string;
  /** Default: 22. */
  readonly port?: number;
}

const LINES_IN_ERRORS = 12;

type Answer<T> = (error: Error | undefined, value?: T) => void;

export class Ssh implements AsyncDisposable {
  readonly user: string;
  readonly #place: SshPlace;
  readonly #client: Client;
  readonly #stream: Duplex;
  readonly #whyDropped: () => Drop | undefined;
  readonly #forwards = new Set<PortForward>();
  readonly #jumpKeys = new Map<string, HostKeys>();
  readonly #closed: Promise<void>;
  readonly #transfers: Transfers;
  #isClosed = false;
  /** The client's last word. */
  #trouble: string | undefined;

  private constructor(user: string, place: SshPlace, { client, line }: Reached) {
    this.user = user;
    this.#place = place;
    this.#client = client;
    this.#stream = line.stream;
    this.#whyDropped = line.whyDropped;
    client.on('error', (error) => {
      this.#trouble = error.message;
    });
    this.#closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
    this.#transfers = new Transfers({
      until: place.until,
      closed: this.#closed,
      gone: (doing) => this.#gone(doing),
      start: (command) => this.start(command),
      sftp: () => this.#ask('sftp', (answer: Answer<SFTPWrapper>) => client.sftp(answer)),
    });
    // What it sends after the end is not waited for.
    client.on('end', () => client.destroy());
  }

  /**
   * Logs in as soon as the server is up.
   * @throws ExpectTimeoutError when it is not up in time; HostKeyError; GuestError when the login is refused;
   * KnownFailureError and the others as Console.expect does.
   */
  static async connect(
    place: SshPlace,
    login: Login,
    hostKeys: HostKeys,
    options?: WaitOptions,
  ): Promise<Ssh> {
    return new Ssh(login.user, place, await reachServer(place, login, hostKeys, options));
  }

  /** Whether it is gone, by whose doing ever. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Runs a command with the user's shell and waits for its end, whatever its status is. When the wait fails, the
   * command is let go of.
   * @throws ExpectTimeoutError; SshDroppedError; ScenarioError for more than 64 MiB of output; the others as
   * Console.expect does.
   */
  async run(command: string, options?: SshRunOptions): Promise<SshResult> {
    const beganAt = performance.now();
    const running = await this.start(command, options);
    const left = (options?.timeout ?? Number.NaN) - (performance.now() - beganAt);
    const rest = Number.isNaN(left) ? options : { ...options, timeout: Math.max(0, left) };
    return runToEnd(running, this.#place.until, this.#named(command), rest);
  }

  /** Runs a command that must succeed; answers what it printed, without the last line end. @throws CommandError. */
  async succeed(command: string, options?: SshRunOptions): Promise<string> {
    const { stdout, stderr, exitStatus, signal } = await this.run(command, options);
    if (exitStatus === 0) return stdout.replace(/\n$/, '');
    const how = signal ? `was ended by ${signal}` : `ended with exit status ${exitStatus}`;
    throw new CommandError(
      `command "${command}" ${how} over ssh to ${this.#place.name}`,
      { exitStatus, output: stdout + stderr },
      { doing: command, lastLines: lastLines(stderr.trim() === '' ? stdout : stderr) },
    );
  }

  /** Starts a command; its streams and its end are the caller's to see to. */
  async start(command: string, options?: WaitOptions): Promise<SshCommand> {
    // Made in the callback itself: a short command's status may have come in the same packet, and is told only once.
    const begin = (answer: Answer<SshCommand>) =>
      this.#client.exec(command, (error, channel) =>
        error ? answer(error) : answer(undefined, new SshCommand(channel, () => this.#gone(command))),
      );
    return this.#ask(this.#named(command), begin, options);
  }

  /**
   * Writes a file in the guest as a file of this host is, or a folder there that holds what a folder here does.
   * @throws GuestError with the guest's own words; ScenarioError when there is nothing to upload; as `run` does.
   */
  async upload(local: string, path: string, options?: WaitOptions): Promise<void> {
    const doing = `upload of ${local} to ${path}`;
    await this.#transfers.transfer(doing, (files) => upload(files, local, path), options);
  }

  /**
   * Reads a file of the guest, or a folder: what is in it goes to a new folder, without links and devices.
   * @throws GuestError with the guest's own words; ScenarioError when a folder would be written where something is;
   * HostError when this host can't keep it; as `run` does.
   */
  async download(path: string, local: string, options?: WaitOptions): Promise<void> {
    await this.#transfers.transfer(`download of ${path}`, (files) => download(files, path, local), options);
  }

  /** A byte stream to a port that the guest can reach, by default its own. */
  stream(port: number, host = 'localhost', options?: WaitOptions): Promise<Duplex> {
    const doing = `a stream to ${host}:${port} through ${this.#place.name}`;
    const begin = (answer: Answer<Duplex>) =>
      this.#client.forwardOut('127.0.0.1', 0, host, port, answer as Answer<ClientChannel>);
    return this.#ask(doing, begin, options);
  }

  /** A port on 127.0.0.1 of this host that leads to one that the guest can reach. Ends with the connection. */
  async forward(port: number, host = 'localhost'): Promise<PortForward> {
    return this.#kept(await localForward(() => this.stream(port, host)));
  }

  /** A port on 127.0.0.1 of the guest that leads to one of this host: to its whole world, if it so likes. */
  async forwardBack(hostPort: number, { port = 0 }: { readonly port?: number } = {}): Promise<PortForward> {
    if (this.#isClosed) throw this.#gone(`forward of port ${port}`);
    const made = remoteForward(this.#client, port, hostPort).catch((error: Error) => {
      throw this.#failed(`forward of port ${port}`, error);
    });
    return this.#kept(await outcome(this.#place.until, `forward of port ${port}`, made));
  }

  /**
   * Logs in to another server through this one: a guest of a dom0, say. Its host key is pinned at the first time.
   * @throws as `connect` does.
   */
  async jump({ host, port = 22, ...login }: JumpTarget, options?: WaitOptions): Promise<Ssh> {
    const name = `${host} through ${this.#place.name}`;
    const hostKeys = this.#jumpKeys.get(`${host}:${port}`) ?? new HostKeys();
    this.#jumpKeys.set(`${host}:${port}`, hostKeys);
    const open = () => this.line(port, host);
    return Ssh.connect({ name, open, until: this.#place.until }, login, hostKeys, options);
  }

  /**
   * A way to a server behind this one, or a word on why there is none yet.
   * @throws SshDroppedError when this connection is gone; as `stream` does.
   */
  async line(port: number, host: string): Promise<Line | NoLine> {
    if (this.#isClosed) throw this.#gone(`a connection to ${host}`);
    try {
      const stream = await this.stream(port, host);
      return { stream, whyDropped: () => (this.#isClosed ? this.#drop() : undefined) };
    } catch (error) {
      if (this.#isClosed || !(error instanceof GuestError)) throw error;
      return { noLine: error.summary };
    }
  }

  /** Closes it, and what leads through it. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    const forwards = [...this.#forwards];
    this.#forwards.clear();
    await Promise.all(forwards.map((forward) => forward[Symbol.asyncDispose]()));
    if (this.#isClosed) return;
    this.#client.end();
    // The client only ends its half, and waits for the other: a guest without a network would be waited for.
    this.#stream.destroy();
    // A stream through another connection closes when that one's server says so.
    if (this.#stream.destroyed) await this.#closed;
  }

  /** A request to the server: its answer, or why there is none. What comes when nobody waits any more is let go of. */
  async #ask<T extends SshCommand | Duplex | SFTPWrapper>(
    doing: string,
    begin: (answer: Answer<T>) => void,
    options?: WaitOptions,
  ): Promise<T> {
    if (this.#isClosed) throw this.#gone(doing);
    const asked = new Promise<T>((resolve, reject) => {
      const answer: Answer<T> = (error, value) =>
        error ? reject(this.#failed(doing, error)) : resolve(value as T);
      try {
        begin(answer);
      } catch (error) {
        // Its socket is closed, and it has not noticed yet.
        answer(error as Error);
      }
    });
    try {
      return await outcome(this.#place.until, doing, asked, options);
    } catch (error) {
      asked.then(letGo, () => {});
      throw error;
    }
  }

  #kept(forward: PortForward): PortForward {
    this.#forwards.add(forward);
    return forward;
  }

  #failed(doing: string, cause: Error): DomesError {
    if (this.#isClosed || cause.message === 'Not connected' || cause.message === 'No response from server')
      return this.#gone(doing);
    const summary = `the ssh server of ${this.#place.name} refused ${doing}: ${cause.message}`;
    return new GuestError('DOMES_SSH_REFUSED', summary, {}, { cause });
  }

  #gone(doing: string): DomesError {
    return dropped(this.#place.name, this.#drop(), doing);
  }

  #drop(): Drop {
    const known = this.#whyDropped();
    if (known) return known;
    const cause = this.#trouble ?? 'it gave no reason';
    const because = cause === 'Keepalive timeout' ? 'silent' : 'server-closed';
    return { because, blame: 'guest', cause };
  }

  #named(command: string): string {
    return `ssh ${this.user}@${this.#place.name} "${command}"`;
  }
}

function letGo(late: SshCommand | Duplex | SFTPWrapper): void {
  if (late instanceof SshCommand) void late[Symbol.asyncDispose]();
  else late.end();
}

function lastLines(text: string): { atMs: number; text: string }[] {
  const lines = text.trimEnd().split('\n').slice(-LINES_IN_ERRORS);
  return lines.map((line) => ({ atMs: 0, text: line }));
}
