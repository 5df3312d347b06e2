/**
 * The emulation of a machine: its QEMU process, and those that it has had before (a restore or a replay takes a fresh
 * one). Keeps the machine's clock, which starts with the first of them, and goes on where it was saved.
 */
import { AbortError, ScenarioError } from '../../errors.ts';
import type { ConsoleEnd } from '../../expect/reader.ts';
import type { Network } from '../network/network.ts';
import type { RamFile } from '../qemu/argv.ts';
import { type QemuExit, QemuProcess, type QemuState } from '../qemu/process.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { StartQemu } from '../qemu/started-qemu.ts';
import { departure } from './departure.ts';
import { emptyRamFile } from './ram-file.ts';

/** A QEMU process as the run record keeps it. */
export interface ProcessCost {
  readonly argv: readonly string[];
  /** CPU of QEMU, user and system, ms. */
  readonly cpuMs: number;
}

export interface StartPlace extends QemuState {
  /** Existing folder for QEMU's own logs of the consoles. */
  readonly logFolder: string;
  readonly signal?: AbortSignal | undefined;
  /** Where the process runs; default: on this host. */
  readonly startQemu?: StartQemu | undefined;
  /** The machine's network, which outlives its processes. */
  readonly network?: Network | undefined;
}

/** A machine's times when it was saved. */
export interface SavedTimes {
  /** ms since power-on. */
  readonly clockMs: number;
  /** How long the host had kept QEMU waiting for a processor, ms. */
  readonly hostWaitMs: number;
}

export class Emulation implements AsyncDisposable {
  /** What went wrong while a process was ended. */
  readonly trouble: string[] = [];
  readonly #machine: string;
  readonly #past: ProcessCost[] = [];
  #startedAt = 0;
  readonly #isSaved: boolean;
  /** Machine time at `#runningSince`, or for good while the clock stands still. */
  #elapsedMs = 0;
  #runningSince: number | undefined;
  #pastHostWaitMs = 0;
  #ram: RamFile | undefined;
  #endedAtMs: number | undefined;
  #qemuVersion = '';
  #lastExit: QemuExit | undefined;
  #wasEnded = false;
  #shutdownReason: string | undefined;
  #qemu: QemuProcess | undefined;
  #retiring: Promise<void> | undefined;
  #disposed = false;

  /** @param saved the times to go on from; then the clock stands still until `runClock` */
  constructor(machine: string, saved?: SavedTimes) {
    this.#machine = machine;
    this.#isSaved = saved !== undefined;
    this.#elapsedMs = saved?.clockMs ?? 0;
    this.#pastHostWaitMs = saved?.hostWaitMs ?? 0;
  }

  /** Wall-clock time of the first QEMU's start, ms since the epoch; 0 before it. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** ms since power-on, without the time for which the machine was a saved state. */
  readonly clock = (): number =>
    this.#elapsedMs + (this.#runningSince === undefined ? 0 : performance.now() - this.#runningSince);

  /** The machine is being saved or restored: no time goes by for it. */
  stopClock(): void {
    this.#elapsedMs = this.clock();
    this.#runningSince = undefined;
  }

  runClock(): void {
    this.#runningSince ??= performance.now();
  }

  /** From the first QEMU's start to the last one's end, or to now, ms. */
  get ranMs(): number {
    return this.#endedAtMs ?? this.clock();
  }

  get qemuVersion(): string {
    return this.#qemuVersion;
  }

  /** The file that holds the guest's memory, of the present QEMU or else of the last. */
  get ram(): RamFile | undefined {
    return this.#ram;
  }

  /**
   * Memory for a QEMU that is powered on, where it is to be in a file: the one that the machine has, at first `file`.
   */
  emptyRam(file: string | undefined): RamFile | undefined {
    const place = this.#startedAt === 0 ? file : this.#ram?.isShared ? this.#ram.file : undefined;
    return place === undefined ? undefined : emptyRamFile(place);
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

  /** Whether the last QEMU ran until it was ended here. */
  get wasEnded(): boolean {
    return this.#wasEnded;
  }

  /** Every QEMU process so far, the present one last. */
  get processes(): readonly ProcessCost[] {
    const now = this.#qemu && { argv: this.#qemu.argv, cpuMs: this.#qemu.cost().cpuMs };
    return now ? [...this.#past, now] : this.#past;
  }

  /** CPU of all of them together, ms. */
  get cpuMs(): number {
    return this.processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  }

  /** How long the host kept QEMU waiting for a processor, ms. */
  hostWaitMs(): number {
    return this.#pastHostWaitMs + (this.#qemu?.cost().hostWaitMs ?? 0);
  }

  /**
   * Starts a process in the place of the one before; it stands still before its first instruction.
   * @throws QemuLaunchError with QEMU's own words; AbortError when this is disposed meanwhile.
   */
  async start(
    spec: MachineSpec,
    { logFolder, network, startQemu, ...options }: StartPlace,
  ): Promise<QemuProcess> {
    await this.#retire();
    const cable = await network?.lay(options);
    if (this.#startedAt === 0) {
      this.#startedAt = performance.timeOrigin + performance.now();
      if (!this.#isSaved) this.runClock();
    }
    this.#ram = options.ram;
    const logFile = (console: string) => `${logFolder}/${console}.log`;
    this.#qemu = await QemuProcess.start(spec, logFile, { ...options, cable }, startQemu);
    this.#qemuVersion = this.#qemu.qmp.qemuVersion;
    void this.#noteShutdown(this.#qemu);
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

  /** Has the present process end by itself, with its disks written out. Never throws. */
  async quit(): Promise<void> {
    await this.#retire((qemu) => qemu.quit());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#retire();
  }

  /** Keeps QMP's word on why the machine stopped, which comes before QEMU ends. */
  async #noteShutdown(qemu: QemuProcess): Promise<void> {
    this.#shutdownReason = undefined;
    using shutdowns = qemu.qmp.listen('SHUTDOWN');
    const event = await shutdowns.next();
    // While it is there: nobody knows afterwards what one has cost that was not ended by us.
    qemu.cost();
    if (typeof event?.data.reason === 'string') this.#shutdownReason = event.data.reason;
  }

  /** Ends the present process; whoever calls this waits for its end, also when somebody else has begun it. */
  async #retire(end = (qemu: QemuProcess) => qemu[Symbol.asyncDispose]()): Promise<void> {
    if (this.#qemu) this.#retiring = this.#end(this.#qemu, end);
    this.#qemu = undefined;
    await this.#retiring;
  }

  async #end(qemu: QemuProcess, end: (qemu: QemuProcess) => Promise<void>): Promise<void> {
    const { cpuMs, hostWaitMs } = qemu.cost();
    this.#pastHostWaitMs += hostWaitMs;
    this.#wasEnded = qemu.exit === undefined;
    await end(qemu);
    if (!qemu.exit)
      this.trouble.push(
        `QEMU (process ${qemu.pid ?? 'on another host'}) has not ended: it hangs in the host's kernel`,
      );
    this.#lastExit = qemu.exit;
    this.#endedAtMs = this.clock();
    this.#past.push({ argv: qemu.argv, cpuMs });
  }
}
