/**
 * One QEMU process: started so that it dies with us, connected by socket pairs that it inherits. Nobody else can
 * connect to them, there is no socket file to wait for, and every console has its client before the first
 * instruction runs.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { AbortError, type QemuLaunchError } from '../../errors.ts';
import { FileConsole } from '../console/file-console.ts';
import { FIRMWARE_CONSOLE } from '../console/port.ts';
import { requireProgram } from '../host/programs.ts';
import { QEMU } from '../host/qemu-version.ts';
import { QmpClient } from '../qmp/client.ts';
import { processStat } from '../runner/process-stat.ts';
import { qemuArgv, type RamFile } from './argv.ts';
import { launchError } from './launch-error.ts';
import { layConsoles, openConsoles, type Recording } from './recording.ts';
import { spawnQemu } from './spawn.ts';
import type { MachineSpec } from './spec.ts';

/** 0–2 are the standard streams; QMP is next, then the consoles. */
const QMP_FD = 3;

/** SIGKILL ends a process at once, unless it hangs in the kernel (a dead network disk): nobody can wait for that. */
const KILL_TIMEOUT_MS = 5_000;

/** So much of QEMU's standard error is kept. */
const STDERR_CHARACTERS = 8_192;

/** A saved state to start from, and where the guest's memory is. */
export interface QemuState {
  readonly ram?: RamFile | undefined;
  /** File with the state of the devices, which `migrate-incoming` then reads from `incomingUri`. */
  readonly deviceState?: string | undefined;
  /** Of a machine of determinism `recorded`. */
  readonly recording?: Recording | undefined;
}

export interface QemuStartOptions extends QemuState {
  readonly signal?: AbortSignal | undefined;
  /** This end of the cable to the network process; closed here once QEMU has it. */
  readonly cable?: Duplex | undefined;
}

export interface QemuExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class QemuProcess implements AsyncDisposable {
  readonly argv: readonly string[];
  readonly pid: number;
  readonly consoles: ReadonlyMap<string, Duplex>;
  /** For `migrate-incoming`; `undefined` when it was not started from a saved state. */
  readonly incomingUri: string | undefined;
  /** Resolves when the process has ended and all that it wrote is here; never rejects. */
  readonly exited: Promise<QemuExit>;
  readonly #child: ChildProcess;
  readonly #isRecording: boolean;
  #qmp: QmpClient | undefined;
  #stderr = '';
  #exit: QemuExit | undefined;

  private constructor(
    argv: readonly string[],
    child: ChildProcess,
    {
      consoles,
      incomingUri,
      isRecording,
    }: {
      consoles: (child: ChildProcess) => ReadonlyMap<string, Duplex>;
      incomingUri: string | undefined;
      isRecording: boolean;
    },
  ) {
    this.argv = argv;
    this.incomingUri = incomingUri;
    this.pid = child.pid as number;
    this.#child = child;
    this.consoles = consoles(child);
    this.#isRecording = isRecording;
    // A socket that is reset before somebody listens to it would end this process.
    for (const stream of child.stdio) stream?.on('error', () => {});
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS);
    });
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#exit = { code, signal };
        for (const console of this.consoles.values()) if (console instanceof FileConsole) console.finish();
        resolve(this.#exit);
      });
    });
  }

  /**
   * Starts QEMU, stopped before its first instruction (or before it has taken the saved state), and returns when its
   * monitor answers.
   * @throws HostSetupError when QEMU isn't installed; QemuLaunchError with QEMU's own words when it ends at once;
   * AbortError when the signal comes first.
   */
  static async start(
    spec: MachineSpec,
    logFile: (console: string) => string,
    { signal, ram, deviceState, cable, recording }: QemuStartOptions = {},
  ): Promise<QemuProcess> {
    refuseAborted(signal);
    const consoleNames = [FIRMWARE_CONSOLE, ...Object.keys(spec.consoles)];
    const consoles = new Map(consoleNames.map((name, index) => [name, QMP_FD + 1 + index]));
    const isIncoming = deviceState !== undefined;
    const files = recording && layConsoles(recording, consoleNames, logFile);
    const sockets = 1 + (files ? 0 : consoleNames.length);
    // Behind the sockets: the saved state, the memory, the cable, those of them that there are.
    const deviceFd = QMP_FD + sockets;
    const ramFd = deviceFd + (isIncoming ? 1 : 0);
    const cableFd = cable && ramFd + (ram ? 1 : 0);
    const state = {
      isIncoming,
      recording: files,
      ram: ram && { file: `/proc/self/fd/${ramFd}`, isShared: ram.isShared },
    };
    const argv = [
      requireProgram(QEMU),
      ...qemuArgv(spec, { qmp: QMP_FD, consoles, cable: cableFd }, logFile, state),
    ];
    const child = spawnWithState(argv, sockets, { deviceState, ram, cable });
    cable?.destroy();
    const incomingUri = isIncoming ? `fd:${deviceFd}` : undefined;
    const qemu = new QemuProcess(argv, child, {
      consoles: ({ stdio }) =>
        files
          ? openConsoles(files, consoleNames)
          : new Map(consoleNames.map((name, index) => [name, stdio[QMP_FD + 1 + index] as Duplex])),
      incomingUri,
      isRecording: recording?.mode === 'record',
    });
    const stop = () => qemu.#child.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    try {
      qemu.#qmp = await QmpClient.connect(qemu.#child.stdio[QMP_FD] as Duplex);
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

  get stderr(): string {
    return this.#stderr;
  }

  /** Hands on what a recorded machine's consoles have printed up to now; it comes with a delay otherwise. */
  catchUp(): void {
    for (const console of this.consoles.values()) if (console instanceof FileConsole) console.catchUp();
  }

  /** CPU time of QEMU so far, user and system, ms; `undefined` once it has ended. */
  cpuMs(): number | undefined {
    return this.#exit ? undefined : processStat(this.pid)?.cpuMs;
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
    if (!this.#exit) this.#child.kill('SIGKILL');
    await this.#endWithin(KILL_TIMEOUT_MS);
    for (const stream of this.#child.stdio) stream?.destroy();
    for (const console of this.consoles.values()) console.destroy();
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
    return launchError({ code, signal, argv: this.argv, stderr: this.#stderr, cause });
  }
}

/**
 * QEMU inherits the saved state and the memory as open files: it has no `file:` to migrate from (before 8.2), and where
 * there is no memory file it would make an empty one.
 */
function spawnWithState(
  argv: readonly string[],
  sockets: number,
  { deviceState, ram, cable }: Pick<QemuStartOptions, 'deviceState' | 'ram' | 'cable'>,
): ChildProcess {
  const files: number[] = [];
  try {
    if (deviceState !== undefined) files.push(openSync(deviceState, 'r'));
    if (ram) files.push(openSync(ram.file, 'r+'));
    return spawnQemu(argv, sockets, [...files, ...(cable ? [cable] : [])]);
  } finally {
    for (const fd of files) closeSync(fd);
  }
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new AbortError('the run was cancelled while QEMU was starting', {}, { cause: signal.reason });
}
