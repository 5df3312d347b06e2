/**
 * The emulation of a machine: its QEMU process, and those that it has had before (a restore or a replay takes a fresh
 * one). Keeps the machine's clock, which starts with the first of them.
 */
import { AbortError, ScenarioError } from '../../errors.ts';
import type { ConsoleEnd } from '../../expect/reader.ts';
import { type QemuExit, QemuProcess } from '../qemu/process.ts';
import { runQueueWaitMs } from '../qemu/run-queue.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { QmpClient } from '../qmp/client.ts';
import { departure } from './departure.ts';

/** A QEMU process as the run record keeps it. */
export interface ProcessCost {
  readonly argv: readonly string[];
  /** CPU of QEMU, user and system, ms. */
  readonly cpuMs: number;
}

export interface StartPlace {
  /** Existing folder for QEMU's own logs of the consoles. */
  readonly logFolder: string;
  readonly signal?: AbortSignal | undefined;
}

export class Emulation implements AsyncDisposable {
  /** What went wrong while a process was ended. */
  readonly trouble: string[] = [];
  readonly #machine: string;
  readonly #past: ProcessCost[] = [];
  #startedAt = 0;
  #endedAtMs: number | undefined;
  #qemuVersion = '';
  #lastExit: QemuExit | undefined;
  #shutdownReason: string | undefined;
  #qemu: QemuProcess | undefined;
  #retiring: Promise<void> | undefined;
  #disposed = false;

  constructor(machine: string) {
    this.#machine = machine;
  }

  /** Wall-clock time of the first QEMU's start, ms since the epoch; 0 before it. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** ms since power-on. */
  readonly clock = (): number =>
    this.#startedAt === 0 ? 0 : performance.timeOrigin + performance.now() - this.#startedAt;

  /** From the first QEMU's start to the last one's end, or to now, ms. */
  get ranMs(): number {
    return this.#endedAtMs ?? this.clock();
  }

  get qemuVersion(): string {
    return this.#qemuVersion;
  }

  /** The QEMU process there is. @throws ScenarioError when there is none. */
  get qemu(): QemuProcess {
    if (this.#qemu) return this.#qemu;
    throw new ScenarioError(`machine "${this.#machine}" is not running`);
  }

  /** How the last QEMU ended, once it has. */
  get exit(): QemuExit | undefined {
    return this.#qemu ? this.#qemu.exit : this.#lastExit;
  }

  /** Every QEMU process so far, the present one last. */
  get processes(): readonly ProcessCost[] {
    const now = this.#qemu && { argv: this.#qemu.argv, cpuMs: this.#qemu.cpuMs() ?? 0 };
    return now ? [...this.#past, now] : this.#past;
  }

  /** CPU of all of them together, ms. */
  get cpuMs(): number {
    return this.processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  }

  /** How long the host kept QEMU waiting for a processor, ms. */
  hostWaitMs(): number {
    return this.#qemu && !this.#qemu.exit ? runQueueWaitMs(this.#qemu.pid) : 0;
  }

  /**
   * Starts a process in the place of the one before; it stands still before its first instruction.
   * @throws QemuLaunchError with QEMU's own words; AbortError when this is disposed meanwhile.
   */
  async start(spec: MachineSpec, { logFolder, signal }: StartPlace): Promise<QemuProcess> {
    await this.#retire();
    if (this.#startedAt === 0) this.#startedAt = performance.timeOrigin + performance.now();
    this.#qemu = await QemuProcess.start(spec, (console) => `${logFolder}/${console}.log`, { signal });
    this.#qemuVersion = this.#qemu.qmp.qemuVersion;
    void this.#noteShutdown(this.#qemu.qmp);
    if (!this.#disposed) return this.#qemu;
    // Disposed while QEMU was starting: nobody else knows of this process.
    await this.#retire();
    throw new AbortError(`machine "${this.#machine}" was ended while its QEMU was starting`);
  }

  /** Why QEMU is gone; `undefined` while it is there, or was ended by us. */
  get departure(): ConsoleEnd | undefined {
    const { exit, stderr = '' } = this.#qemu ?? {};
    return exit && departure(exit, this.#shutdownReason, stderr.trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#retire();
  }

  /** Keeps QMP's word on why the machine stopped, which comes before QEMU ends. */
  async #noteShutdown(qmp: QmpClient): Promise<void> {
    this.#shutdownReason = undefined;
    using shutdowns = qmp.listen('SHUTDOWN');
    const event = await shutdowns.next();
    if (typeof event?.data.reason === 'string') this.#shutdownReason = event.data.reason;
  }

  /** Ends the present process; whoever calls this waits for its end, also when somebody else has begun it. */
  async #retire(): Promise<void> {
    if (this.#qemu) this.#retiring = this.#end(this.#qemu);
    this.#qemu = undefined;
    await this.#retiring;
  }

  async #end(qemu: QemuProcess): Promise<void> {
    const cpuMs = qemu.cpuMs() ?? 0;
    await qemu[Symbol.asyncDispose]();
    if (!qemu.exit)
      this.trouble.push(`QEMU (process ${qemu.pid}) has not ended: it hangs in the host's kernel`);
    this.#lastExit = qemu.exit;
    this.#endedAtMs = this.clock();
    this.#past.push({ argv: qemu.argv, cpuMs });
  }
}
