/**
 * The network process: a second QEMU without a guest that holds the guest's network, joined with the guest's QEMU by
 * a socket pair, the cable. Why not in the guest's own QEMU: a forwarded connection is a child process there (slirp's
 * `guestfwd=…-cmd:`), and a QEMU that runs an untrusted guest must not be able to start any.
 */
import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { AbortError, HostError } from '../../errors.ts';
import { requireProgram } from '../host/programs.ts';
import { QEMU } from '../host/qemu-version.ts';
import { launchError } from '../qemu/launch-error.ts';
import { spawnQemu } from '../qemu/spawn.ts';
import { QmpClient } from '../qmp/client.ts';
import {
  type Command,
  forwardCommand,
  forwardedPort,
  networkArgv,
  plugIn,
  type Reachable,
  UNPLUG,
} from './user-network.ts';

/** 0–2 are the standard streams. */
const QMP_FD = 3;
const CABLE_FD = 4;

/** So long the guest may take to hear that its connections are closed, ms; one that doesn't answer is not waited for. */
const GOODBYE_MS = 1_000;

export interface NetworkProcessParts {
  /** Its working directory: that of the sockets that the guest can reach. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

export class NetworkProcess implements AsyncDisposable {
  readonly pid: number;
  /** Resolves when it has ended, with how; never rejects. */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  /** Resolves when all is here that it and its children wrote; those may live a little longer. */
  readonly #heardOut: Promise<void>;
  readonly #socat = requireProgram('socat');
  #qmp: QmpClient | undefined;
  #isPlugged = false;
  #stderr = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid as number;
    for (const stream of child.stdio) stream?.on('error', () => {});
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2_000);
    });
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) =>
        resolve(signal ? `was killed by ${signal}` : `ended with status ${code}: ${this.#stderr.trim()}`),
      );
    });
    this.#heardOut = new Promise((resolve) => child.once('close', () => resolve()));
  }

  /**
   * Starts it, with nothing in the guest's reach yet.
   * @throws QemuLaunchError with QEMU's own words; HostSetupError without QEMU or socat; AbortError.
   */
  static async start({ folder, signal }: NetworkProcessParts): Promise<NetworkProcess> {
    if (signal?.aborted) throw cancelled(signal);
    const argv = [requireProgram(QEMU), ...networkArgv({ qmp: QMP_FD, cable: CABLE_FD })];
    const network = new NetworkProcess(spawnQemu(argv, 2, [], { cwd: folder }));
    const stop = () => network.#child.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    try {
      network.#qmp = await QmpClient.connect(network.#child.stdio[QMP_FD] as Duplex);
    } catch (cause) {
      stop();
      await network.#heardOut;
      await network[Symbol.asyncDispose]();
      if (signal?.aborted) throw cancelled(signal);
      const { exitCode: code, signalCode } = network.#child;
      const stderr = network.#stderr;
      throw launchError({ code, signal: signalCode, argv, stderr, cause: cause as Error });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    return network;
  }

  /** The end of the cable that the guest's QEMU is to inherit; close it here once it has. */
  get cable(): Duplex {
    return this.#child.stdio[CABLE_FD] as Duplex;
  }

  /**
   * Makes the guest's network, in the place of the one before, whose connections are cut.
   * @throws QmpError when QEMU refuses it or is gone.
   */
  async plug(reachable: Reachable): Promise<void> {
    if (this.#isPlugged) {
      await this.#goodbye();
      await this.#execute(UNPLUG);
    }
    this.#isPlugged = true;
    await this.#execute(plugIn(reachable, this.#socat));
  }

  /**
   * The port on this host's loopback address at which a port of the guest is reached, made when there is none yet.
   * @throws QmpError when QEMU is gone; HostError with its words when it refuses.
   */
  async forwarded(guestPort: number): Promise<number> {
    const known = forwardedPort(await this.#monitor('info usernet'), guestPort);
    if (known !== undefined) return known;
    const words = await this.#monitor(forwardCommand(guestPort));
    const made = forwardedPort(await this.#monitor('info usernet'), guestPort);
    if (made !== undefined) return made;
    throw new HostError(
      'DOMES_FORWARD',
      `QEMU can't forward to the guest's port ${guestPort}: ${words.trim()}`,
    );
  }

  /** Ends it at once. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    this.cable.destroy();
    await this.exited;
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  /**
   * Waits until the guest has been told of the end of connections that are closed on this side: without a network,
   * nobody could tell it any more, and a guest that only listens would do so for ever.
   */
  async #goodbye(): Promise<void> {
    const giveUpAt = performance.now() + GOODBYE_MS;
    while (performance.now() < giveUpAt) {
      const usernet = await this.#monitor('info usernet');
      if (!/TCP\[(?:ESTABLISHED|SYN_RCVD|CLOSE_WAIT)\]/.test(usernet)) return;
    }
  }

  /** What QEMU answers to a command that a person would type. There is no other way to ask this. */
  async #monitor(line: string): Promise<string> {
    return String(await this.#qmp?.execute('human-monitor-command', { 'command-line': line }));
  }

  async #execute(commands: readonly Command[]): Promise<void> {
    for (const [command, args] of commands) await this.#qmp?.execute(command, args);
  }
}

function cancelled(signal: AbortSignal): AbortError {
  return new AbortError('the run was cancelled while the network was starting', {}, { cause: signal.reason });
}
