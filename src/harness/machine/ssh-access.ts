/** The way into a machine by ssh: its key, the host keys that are known, and the connections that are open. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { HostError, QmpError, ScenarioError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/console.ts';
import type { Network } from '../network/network.ts';
import { authorizeCommand, checkUser, HOST_KEYS_COMMAND } from '../ssh/authorize.ts';
import { HostKeys } from '../ssh/host-keys.ts';
import { newSshKey, type SshKey } from '../ssh/key.ts';
import type { Drop, Line, NoLine, SshPlace } from '../ssh/line.ts';
import { Ssh } from '../ssh/ssh.ts';
import type { Machine } from './machine.ts';

export interface SshOptions extends WaitOptions {
  /** Default: root. */
  readonly user?: string;
  /**
   * Logs in by this the first time, and lets our key in; without it, the key is let in through the shell on the
   * console `shell`.
   */
  readonly password?: string;
}

const SSH_PORT = 22;

export class SshAccess implements AsyncDisposable {
  readonly hostKeys = new HostKeys();
  readonly #machine: Machine;
  readonly #network: Network | undefined;
  /** Users that our key is let in for. */
  readonly #authorized = new Set<string>();
  readonly #open = new Map<string, Promise<Ssh>>();
  #key: SshKey | undefined;
  #isOver = false;

  constructor(machine: Machine, network: Network | undefined) {
    this.#machine = machine;
    this.#network = network;
  }

  /** Made at the first question, and kept for as long as the machine. */
  get key(): SshKey {
    this.#key ??= newSshKey();
    return this.#key;
  }

  /** See Machine.ssh. */
  async connect({ user = 'root', password, ...wait }: SshOptions = {}): Promise<Ssh> {
    checkUser(user);
    const kept = await this.#open.get(user)?.catch(() => undefined);
    if (kept && !kept.isClosed) return kept;
    const opening = this.#login(user, password, wait);
    this.#open.set(user, opening);
    return opening;
  }

  /** Whether there is, or was, a connection. */
  get wasUsed(): boolean {
    return this.#open.size > 0;
  }

  /** A connection that stands now. */
  async current(): Promise<Ssh | undefined> {
    const all = await Promise.all([...this.#open.values()].map((one) => one.catch(() => undefined)));
    return all.find((one) => one && !one.isClosed);
  }

  /** The server is another one, or has gone back to what it was: its keys are learned anew, and ours let in again. */
  forget(): void {
    this.hostKeys.forget();
    this.#authorized.clear();
  }

  /** Closes what is open. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(all.map(async (one) => (await one)[Symbol.asyncDispose]()));
  }

  async #login(user: string, password: string | undefined, wait: WaitOptions): Promise<Ssh> {
    const place = this.#place();
    const privateKey = this.key.privateText;
    if (!this.#authorized.has(user) && password === undefined) await this.#authorizeByConsole(user, wait);
    const isAuthorized = this.#authorized.has(user);
    const login = isAuthorized ? { user, privateKey } : { user, password };
    try {
      const ssh = await Ssh.connect(place, login, this.hostKeys, wait);
      if (!isAuthorized) await this.#authorizeBy(ssh, wait);
      return ssh;
    } catch (error) {
      // What was let in is not any more: a guest without a disk has rebooted, say.
      this.#authorized.delete(user);
      throw error;
    }
  }

  async #authorizeByConsole(user: string, wait: WaitOptions): Promise<void> {
    const shell = await this.#machine.shell('shell', wait);
    await shell.succeed(authorizeCommand(user, this.key), wait);
    if (!this.hostKeys.isPinned) this.hostKeys.learn((await shell.run(HOST_KEYS_COMMAND, wait)).output);
    this.#authorized.add(user);
  }

  /** Where this fails, the password has to do the next time as well. */
  async #authorizeBy(ssh: Ssh, wait: WaitOptions): Promise<void> {
    const { exitStatus } = await ssh.run(authorizeCommand(ssh.user, this.key), wait);
    if (exitStatus === 0) this.#authorized.add(ssh.user);
  }

  #place(): SshPlace {
    const { name } = this.#machine;
    const network = this.#network;
    if (!network)
      throw new ScenarioError(`machine "${name}" has no network, and so no ssh`, {
        next: "launch it with machine: { network: 'isolated' }",
      });
    const console = this.#machine.console();
    return { name, until: console.until.bind(console), open: () => this.#line(network) };
  }

  async #line(network: Network): Promise<Line | NoLine> {
    const port = await network.forwarded(SSH_PORT).catch((error: unknown) => {
      // QEMU is gone, and the wait is about to hear of it; or it is being replaced.
      if (error instanceof QmpError) return undefined;
      throw error;
    });
    if (port === undefined) return { noLine: 'the machine has no network at this moment' };
    const { era } = network;
    const stream = connect(port, '127.0.0.1');
    const refusal = await connected(stream);
    if (refusal) return { noLine: refusal.message };
    return { stream, whyDropped: () => this.#whyDropped(network, era) };
  }

  #whyDropped(network: Network, era: number): Drop | undefined {
    const { departure, exit } = this.#machine.emulation;
    if (departure) return { because: 'machine-ended', blame: departure.blame, cause: departure.cause };
    if (exit || this.#isOver)
      return { because: 'machine-ended', blame: 'scenario', cause: 'the machine was ended' };
    const [trouble] = network.trouble;
    if (trouble !== undefined) return { because: 'network-stopped', blame: 'host', cause: trouble };
    if (network.era === era) return undefined;
    const cause =
      'a restore, a checkpoint, or the web server stopped or started: each makes the network anew';
    return { because: 'network-stopped', blame: 'scenario', cause };
  }
}

/** Resolves when it stands, or with why it doesn't. */
async function connected(socket: Socket): Promise<Error | undefined> {
  try {
    await once(socket, 'connect');
    return undefined;
  } catch (error) {
    socket.destroy();
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return error as Error;
    throw new HostError('DOMES_FORWARD', `cannot connect to 127.0.0.1: ${(error as Error).message}`);
  }
}
