/**
 * The way into a machine, or a guest of one, by ssh: its key, the host keys that are known, and the connections that are
 * open.
 */
import type { WaitOptions } from '../../expect/console.ts';
import type { Shell } from '../../expect/shell.ts';
import { authorizeCommand, checkUser, HOST_KEYS_COMMAND } from './authorize.ts';
import { HostKeys } from './host-keys.ts';
import { newSshKey, type SshKey } from './key.ts';
import type { SshPlace } from './line.ts';
import { Ssh } from './ssh.ts';

export interface SshOptions extends WaitOptions {
  /** Default: root. */
  readonly user?: string;
  /**
   * Logs in by this the first time, and lets our key in; without it, the key is let in through a shell on a console: the
   * machine's `shell`, or the guest's own.
   */
  readonly password?: string;
}

export interface SshAccessParts {
  /** Where the server is. @throws ScenarioError when it can't be reached at all. */
  readonly place: (access: SshAccess, wait: WaitOptions) => SshPlace | Promise<SshPlace>;
  /** The shell through which the key is let in, and the server's keys are learned. */
  readonly shell: (wait: WaitOptions) => Promise<Shell>;
}

export class SshAccess implements AsyncDisposable {
  readonly hostKeys = new HostKeys();
  readonly #parts: SshAccessParts;
  /** Users that our key is let in for. */
  readonly #authorized = new Set<string>();
  readonly #open = new Map<string, Promise<Ssh>>();
  #key: SshKey | undefined;
  #isOver = false;

  constructor(parts: SshAccessParts) {
    this.#parts = parts;
  }

  /** Whether it was disposed, and with it what was open. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Made at the first question, and kept for as long as this is. */
  get key(): SshKey {
    this.#key ??= newSshKey();
    return this.#key;
  }

  /** A connection for a user: the one that stands, or a new one. See Machine.ssh. */
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
    const place = await this.#parts.place(this, wait);
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
    const shell = await this.#parts.shell(wait);
    await shell.succeed(authorizeCommand(user, this.key), wait);
    if (!this.hostKeys.isPinned) this.hostKeys.learn((await shell.run(HOST_KEYS_COMMAND, wait)).output);
    this.#authorized.add(user);
  }

  /** Where this fails, the password has to do the next time as well. */
  async #authorizeBy(ssh: Ssh, wait: WaitOptions): Promise<void> {
    const { exitStatus } = await ssh.run(authorizeCommand(ssh.user, this.key), wait);
    if (exitStatus === 0) this.#authorized.add(ssh.user);
  }
}
