/**
 * One QEMU process: started so that it dies with us, connected by socket pairs that it inherits. Nobody else can
 * connect to them, there is no socket file to wait for, and every console has its client before the first
 * instruction runs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { HostSetupError, QemuLaunchError } from '../../errors.ts';
import { FIRMWARE_CONSOLE } from '../console/port.ts';
import { QmpClient } from '../qmp/client.ts';
import { boundToParent } from '../runner/parent-death.ts';
import { qemuArgv } from './argv.ts';
import type { MachineSpec } from './spec.ts';

const QEMU = 'qemu-system-x86_64';
/** 0–2 are the standard streams; QMP is next, then the consoles. */
const QMP_FD = 3;

export interface QemuExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class QemuProcess implements AsyncDisposable {
  readonly argv: readonly string[];
  readonly pid: number;
  readonly consoles: ReadonlyMap<string, Duplex>;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<QemuExit>;
  readonly #child: ChildProcess;
  #qmp: QmpClient | undefined;
  #stderr = '';
  #exit: QemuExit | undefined;

  private constructor(
    argv: readonly string[],
    child: ChildProcess,
    pid: number,
    consoleNames: readonly string[],
  ) {
    this.argv = argv;
    this.pid = pid;
    this.#child = child;
    this.consoles = new Map(
      consoleNames.map((name, index) => [name, child.stdio[QMP_FD + 1 + index] as Duplex]),
    );
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-8192);
    });
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
  }

  /**
   * Starts QEMU, stopped before its first instruction, and returns when its monitor answers.
   * @throws HostSetupError when QEMU isn't installed; QemuLaunchError with QEMU's own words when it ends at once.
   */
  static async start(spec: MachineSpec, logFile: (console: string) => string): Promise<QemuProcess> {
    requireProgram(QEMU);
    requireProgram('setpriv');
    const consoles = [FIRMWARE_CONSOLE, ...Object.keys(spec.consoles)];
    const fds = new Map(consoles.map((name, index) => [name, QMP_FD + 1 + index]));
    const argv = [QEMU, ...qemuArgv(spec, { qmp: QMP_FD, consoles: fds }, logFile)];
    const [file, ...args] = boundToParent(argv);
    const child = spawn(file as string, args, {
      stdio: ['ignore', 'ignore', 'pipe', ...Array<'pipe'>(1 + consoles.length).fill('pipe')],
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('spawn', () => resolve(child.pid as number));
      child.once('error', (cause) => reject(new HostSetupError(`cannot start setpriv: ${cause.message}`)));
    });
    const qemu = new QemuProcess(argv, child, pid, consoles);
    try {
      qemu.#qmp = await QmpClient.connect(child.stdio[QMP_FD] as Duplex);
    } catch {
      child.kill('SIGKILL');
      throw await qemu.#launchError();
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

  /** CPU time of QEMU so far, user and system, ms; `undefined` once it has ended. */
  cpuMs(): number | undefined {
    try {
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // utime and stime (fields 14 and 15 of proc(5)) in clock ticks, of which Linux has 100 a second for user space.
      return (Number(fields[11]) + Number(fields[12])) * 10;
    } catch {
      return undefined;
    }
  }

  /** Ends the process at once; a machine's disks are throw-away overlays. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#exit) this.#child.kill('SIGKILL');
    await this.exited;
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  async #launchError(): Promise<QemuLaunchError> {
    const { code, signal } = await this.exited;
    const words = this.#stderr.trim().split('\n').at(-1) ?? '';
    const how = signal ? `was killed by ${signal}` : `exited with status ${code}`;
    return new QemuLaunchError(
      `QEMU ${how} before it was ready: ${words || 'it said nothing'}`,
      { exitCode: code, argv: this.argv, stderr: this.#stderr },
      { doing: 'starting QEMU', next: `run it by hand to see: ${this.argv.slice(0, 12).join(' ')} …` },
    );
  }
}

function requireProgram(program: string): void {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return;
    } catch {
      // Not in this folder.
    }
  }
  throw new HostSetupError(`${program} is not installed on this host`, {
    doing: 'starting a machine',
    next: 'run: npx domes doctor (it names the packages to install), or npm start, which installs them',
  });
}
