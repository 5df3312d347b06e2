/** One QEMU process, from its start until it has ended: its monitor, its consoles, and the ways to end it. */
import type { Duplex } from 'node:stream';
import { AbortError, type QemuLaunchError } from '../../errors.ts';
import { FileConsole } from '../console/file-console.ts';
import { QmpClient } from '../qmp/client.ts';
import { launchError } from './launch-error.ts';
import type { MachineSpec } from './spec.ts';
import { startHere } from './start-here.ts';
import type { QemuCost, QemuExit, QemuStartOptions, StartedQemu, StartQemu } from './started-qemu.ts';

export type { QemuExit, QemuStartOptions, QemuState } from './started-qemu.ts';

/** SIGKILL ends a process at once, unless it hangs in the kernel (a dead network disk): nobody can wait for that. */
const KILL_TIMEOUT_MS = 5_000;

export class QemuProcess implements AsyncDisposable {
  readonly argv: readonly string[];
  /** Of a process of this host. */
  readonly pid: number | undefined;
  readonly consoles: ReadonlyMap<string, Duplex>;
  /** For `migrate-incoming`; `undefined` when it was not started from a saved state. */
  readonly incomingUri: string | undefined;
  /** Resolves when the process has ended and all that it wrote is here; never rejects. */
  readonly exited: Promise<QemuExit>;
  readonly #started: StartedQemu;
  readonly #isRecording: boolean;
  #qmp: QmpClient | undefined;
  #exit: QemuExit | undefined;
  #cost: QemuCost = { cpuMs: 0, hostWaitMs: 0 };

  private constructor(started: StartedQemu, { recording }: QemuStartOptions) {
    this.argv = started.argv;
    this.pid = started.pid;
    this.consoles = started.consoles;
    this.incomingUri = started.incomingUri;
    this.#started = started;
    this.#isRecording = recording?.mode === 'record';
    this.exited = started.exited.then((exit) => {
      this.#exit = exit;
      return exit;
    });
  }

  /**
   * Starts QEMU, stopped before its first instruction (or before it has taken the saved state), and returns when its
   * monitor answers. It dies with this process.
   * @param start where it runs; default: on this host
   * @throws HostSetupError when QEMU isn't installed; QemuLaunchError with QEMU's own words when it ends at once;
   * AbortError when the signal comes first.
   */
  static async start(
    spec: MachineSpec,
    logFile: (console: string) => string,
    options: QemuStartOptions = {},
    start: StartQemu = startHere,
  ): Promise<QemuProcess> {
    const { signal } = options;
    refuseAborted(signal);
    const qemu = new QemuProcess(await start(spec, logFile, options), options);
    const stop = () => qemu.#started.kill();
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      qemu.#qmp = await QmpClient.connect(qemu.#started.qmp);
    } catch (cause) {
      await qemu[Symbol.asyncDispose]();
      refuseAborted(signal);
      throw qemu.#launchError(cause as Error);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    return qemu;
  }

  get qmp(): QmpClient {
    return this.#qmp as QmpClient;
  }

  get exit(): QemuExit | undefined {
    return this.#exit;
  }

  /** The end of its standard error. */
  get stderr(): string {
    return this.#started.stderr();
  }

  /** Hands on what a recorded machine's consoles have printed up to now; it comes with a delay otherwise. */
  catchUp(): void {
    for (const console of this.consoles.values()) if (console instanceof FileConsole) console.catchUp();
  }

  /** What it has cost so far; of one that has ended, what was known when this was last asked. */
  cost(): QemuCost {
    const now = this.#exit ? this.#cost : this.#started.cost();
    // Nothing is known of a process any more that is ending this very moment.
    if (now.cpuMs > this.#cost.cpuMs) this.#cost = now;
    return this.#cost;
  }

  /**
   * Has QEMU end by itself, so that all that it has of the disks is in their files; ended by force when it does not.
   * Idempotent, never throws.
   */
  async quit(): Promise<void> {
    // The reply may come or not: it is ending.
    await Promise.race([this.qmp.execute('quit').catch(() => {}), this.exited]);
    await this.#endWithin(KILL_TIMEOUT_MS);
    await this[Symbol.asyncDispose]();
  }

  /** Ends the process at once; a machine's disks are throw-away overlays. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isRecording && !this.#exit && this.#qmp) await this.#finishRecording();
    if (!this.#exit) this.#started.kill();
    await this.#endWithin(KILL_TIMEOUT_MS);
    this.#started.close();
  }

  /**
   * QEMU writes the head of a recording when it ends by itself. Stopped first: what the guest prints while QEMU is
   * ending would be beyond the end of the replay.
   */
  async #finishRecording(): Promise<void> {
    const ended = this.qmp
      .execute('stop')
      .then(() => this.qmp.execute('quit'))
      .then(() => this.exited)
      .catch(() => this.exited);
    await this.#endWithin(KILL_TIMEOUT_MS, ended);
  }

  /** Waits for its end, or for what comes with it, so many ms at most. */
  async #endWithin(ms: number, ended: Promise<unknown> = this.exited): Promise<void> {
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, ms);
    });
    await Promise.race([ended, this.exited, late]);
    clearTimeout(giveUp);
  }

  #launchError(cause: Error): QemuLaunchError {
    const { code, signal } = this.#exit ?? { code: null, signal: null };
    return launchError({ code, signal, argv: this.argv, stderr: this.stderr, cause });
  }
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new AbortError('the run was cancelled while QEMU was starting', {}, { cause: signal.reason });
}
