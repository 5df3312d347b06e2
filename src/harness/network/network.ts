/**
 * A machine's network: cut off from everything but the machine's own web server. Belongs to the machine and survives
 * a change of its QEMU: each gets a new cable, so the guest's connections are cut and everything else is as before.
 */
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { AbortError } from '../../errors.ts';
import { HttpServer } from './http-server.ts';
import { NetworkProcess } from './network-process.ts';
import { layOut, type Served } from './served-tree.ts';

const HTTP_SOCKET = 'http.sock';
const HTTP_FOLDER = 'http';

export interface NetworkParts {
  /** Private folder of the machine. What is served is in its folder `http`. */
  readonly folder: string;
  /** Machine time, ms. */
  readonly clock: () => number;
  readonly served?: readonly Served[] | undefined;
}

export class Network implements AsyncDisposable {
  readonly http: HttpServer;
  /** What went wrong with it, for the run record. */
  readonly trouble: string[] = [];
  readonly #folder: string;
  readonly #served: readonly Served[];
  #opening: Promise<void> | undefined;
  #disposed = false;
  #process: NetworkProcess | undefined;
  #era = 0;
  /** Changes of the guest's reach come one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ folder, clock, served = [] }: NetworkParts) {
    this.#folder = folder;
    this.#served = served;
    this.http = new HttpServer({
      folder: join(folder, HTTP_FOLDER),
      socket: join(folder, HTTP_SOCKET),
      clock,
      reach: () => this.#plug(),
    });
  }

  /**
   * Lays a new cable, in the place of the one before. The first time the web server is started too.
   * @returns the end that the guest's QEMU is to inherit.
   * @throws QemuLaunchError, HostSetupError and AbortError as NetworkProcess.start does; HostError when what is to be
   * served can't be.
   */
  async lay({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<Duplex> {
    await this.#end();
    try {
      this.#opening ??= this.#open(signal);
      await this.#opening;
      const laid = await NetworkProcess.start({ folder: this.#folder, signal });
      this.#process = laid;
      void laid.exited.then((how) => {
        if (this.#process === laid) this.trouble.push(`the network process ${how}: the guest is cut off`);
      });
      await this.#plug();
      if (!this.#disposed) return laid.cable;
    } finally {
      // Disposed while it was starting: nobody else knows of what was started.
      if (this.#disposed) await this[Symbol.asyncDispose]();
    }
    throw new AbortError('the machine was ended while its network was starting');
  }

  /** Counts up whenever the guest's connections are cut: what began before is gone then. */
  get era(): number {
    return this.#era;
  }

  /**
   * The port on this host's loopback address at which a port of the guest is reached; another one in each era.
   * `undefined` while there is no network. @throws QmpError, HostError as NetworkProcess.forwarded does.
   */
  forwarded(guestPort: number): Promise<number | undefined> {
    const turn = this.#turn.then(() => this.#process?.forwarded(guestPort));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Ends the network. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.http[Symbol.asyncDispose]();
    await this.#end();
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    await layOut(this.http.folder, this.#served, { signal });
    await this.http.start();
  }

  async #end(): Promise<void> {
    const process = this.#process;
    this.#era++;
    this.#process = undefined;
    await process?.[Symbol.asyncDispose]();
  }

  /** Brings what the guest can reach up to date. */
  #plug(): Promise<void> {
    const turn = this.#turn.then(() => {
      this.#era++;
      return this.#process?.plug({ httpSocket: this.http.isUp ? HTTP_SOCKET : undefined });
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
