/**
 * A machine: one QEMU process and its guest. Consoles, transcript, milestones and diagnosis belong to the machine,
 * not to the process, and survive a change of it (restore, replay).
 */
import { AbortError, BudgetError, type FailureFacts, ScenarioError } from '../../errors.ts';
import { Console, type WaitOptions } from '../../expect/console.ts';
import { Shell, type ShellOptions } from '../../expect/shell.ts';
import { Transcript } from '../../expect/transcript.ts';
import { GrubMenu } from '../bootloader/grub-menu.ts';
import { ConsoleLog } from '../console/log-files.ts';
import { type ConsoleRole, FIRMWARE_CONSOLE } from '../console/port.ts';
import { watchFor } from '../console/sightings.ts';
import { socketWire } from '../console/socket-wire.ts';
import { Diagnosis } from '../diagnosis/diagnosis.ts';
import { MILESTONE_SIGNS } from '../milestone/catalogue.ts';
import { type Milestone, Milestones } from '../milestone/milestone.ts';
import { type QemuExit, QemuProcess } from '../qemu/process.ts';
import { runQueueWaitMs } from '../qemu/run-queue.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { QmpClient } from '../qmp/client.ts';
import type { FindingRecord } from '../report/record.ts';
import type { Stage } from '../stage.ts';

/** What the machine's owner gives it: the test that it runs in. */
export interface MachineContext {
  /** Existing folder for the console logs. */
  readonly logFolder: string;
  /** The same as a person would write it, for messages. */
  readonly logFolderShown: string;
  readonly signal?: AbortSignal;
  /** What is left of the test, ms. */
  readonly remainingMs?: () => number;
}

const LINES_OF_ANOTHER_CONSOLE = 8;

export interface ReachOptions extends WaitOptions {
  /** Allowed time since QEMU's start, ms, without what a busy host held QEMU back. */
  readonly budget?: number;
}

export class Machine implements AsyncDisposable {
  readonly spec: MachineSpec;
  readonly milestones = new Milestones();
  readonly diagnosis = new Diagnosis();
  readonly #context: MachineContext;
  readonly #consoles = new Map<string, Console>();
  readonly #logs: ConsoleLog[] = [];
  readonly #past: { readonly argv: readonly string[]; readonly cpuMs: number }[] = [];
  readonly #shells = new Map<string, Promise<Shell>>();
  #startedAt = 0;
  #qemuVersion = '';
  #endedAtMs: number | undefined;
  #lastExit: QemuExit | undefined;
  #qemu: QemuProcess | undefined;
  #retiring: Promise<void> | undefined;
  #disposal: Promise<void> | undefined;
  /** What went wrong while it was ended, for the run record. */
  readonly cleanupTrouble: string[] = [];

  /** A machine without a process yet; `start` gives it one. */
  constructor(spec: MachineSpec, context: MachineContext) {
    this.spec = spec;
    this.#context = context;
    const roles: [string, ConsoleRole][] = Object.entries(spec.consoles).map(([name, { role }]) => [
      name,
      role,
    ]);
    for (const [name, role] of [[FIRMWARE_CONSOLE, 'firmware'] as const, ...roles])
      this.#addConsole(name, role);
  }

  get name(): string {
    return this.spec.name;
  }

  /** Wall-clock time of the first QEMU's start, ms since the epoch. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** ms since power-on. */
  readonly clock = (): number =>
    this.#startedAt === 0 ? 0 : performance.timeOrigin + performance.now() - this.#startedAt;

  /** Every QEMU process that the machine has had, the present one last. */
  get processes(): readonly { readonly argv: readonly string[]; readonly cpuMs: number }[] {
    const now = this.#qemu && { argv: this.#qemu.argv, cpuMs: this.#qemu.cpuMs() ?? 0 };
    return now ? [...this.#past, now] : this.#past;
  }

  /** How the last QEMU ended, once it has. */
  get exit(): QemuExit | undefined {
    return this.#qemu ? this.#qemu.exit : this.#lastExit;
  }

  get qemuVersion(): string {
    return this.#qemuVersion;
  }

  /** From the first QEMU's start to the last one's end, or to now, ms. */
  get ranMs(): number {
    return this.#endedAtMs ?? this.clock();
  }

  get qmp(): QmpClient {
    return this.#running().qmp;
  }

  get consoles(): ReadonlyMap<string, Console> {
    return this.#consoles;
  }

  /**
   * Starts a QEMU process of this spec and connects every console to it before its first instruction; a process
   * that the machine had before is ended. `prepare` runs while it stands still.
   * @throws QemuLaunchError with QEMU's own words; AbortError when the machine is disposed meanwhile.
   */
  async start(prepare?: (qmp: QmpClient) => Promise<void>): Promise<void> {
    await this.#retire();
    if (this.#startedAt === 0) this.#startedAt = performance.timeOrigin + performance.now();
    const { logFolder, signal } = this.#context;
    const qemu = await QemuProcess.start(this.spec, (console) => `${logFolder}/${console}.log`, { signal });
    this.#qemu = qemu;
    if (this.#disposal) {
      // Disposed while QEMU was starting: nobody else knows of this process.
      await this.#retire();
      throw new AbortError(`machine "${this.name}" was ended while its QEMU was starting`);
    }
    this.#qemuVersion = qemu.qmp.qemuVersion;
    for (const [name, console] of this.#consoles) {
      const socket = qemu.consoles.get(name);
      if (socket) console.attach(socketWire(socket));
    }
    await prepare?.(qemu.qmp);
    await qemu.qmp.execute('cont');
  }

  /** PID of QEMU. */
  get pid(): number {
    return this.#running().pid;
  }

  /** A console by its name; `console` is the system's own. @throws ScenarioError for an unknown name. */
  console(name = 'console'): Console {
    const console = this.#consoles.get(name);
    if (console) return console;
    throw new ScenarioError(`machine "${this.name}" has no console "${name}"`, {
      next: `its consoles are: ${[...this.#consoles.keys()].join(', ')}`,
    });
  }

  /** GRUB's menu on the system's console, once it is drawn. */
  async grub(options?: WaitOptions): Promise<GrubMenu> {
    return GrubMenu.open(this.console(), options);
  }

  /**
   * The shell that waits on a console, taken over once and kept; its first prompt is the milestone `userspace`.
   */
  shell(name = 'shell', options?: ShellOptions): Promise<Shell> {
    const open = this.#shells.get(name) ?? this.#openShell(name, options);
    this.#shells.set(name, open);
    return open;
  }

  /**
   * Waits for a milestone, and checks its budget.
   * @throws BudgetError when it came too late; ExpectTimeoutError and the others as Console.expect does.
   */
  async reach(stage: Stage, { budget, ...wait }: ReachOptions = {}): Promise<Milestone> {
    if (budget !== undefined) this.milestones.allow(stage, stage, budget);
    const sign = MILESTONE_SIGNS.find((one) => one.stage === stage);
    const roleOf = (name: string) =>
      name === FIRMWARE_CONSOLE ? 'firmware' : this.spec.consoles[name]?.role;
    const console = [...this.#consoles].find(([name]) => roleOf(name) === sign?.role)?.[1] ?? this.console();
    const reached = await console.until(
      `milestone "${stage}"`,
      { check: () => this.milestones.get(stage), onChange: (listener) => this.milestones.onNoted(listener) },
      wait,
    );
    this.#checkBudget(reached, budget);
    return reached;
  }

  /** Notes a milestone that a console showed just now, or at `atMs`. */
  note(stage: Stage, console: string, evidence: string, atMs: number = this.clock()): void {
    const hostWaitMs = this.#qemu && !this.#qemu.exit ? runQueueWaitMs(this.#qemu.pid) : 0;
    this.milestones.note({ name: stage, stage, atMs, hostWaitMs, console, evidence });
  }

  /**
   * Says that this failure class is what the scenario is about: it ends no wait. Call it before it happens.
   * Returns how to wait for it.
   */
  expectFailure(failureClass: string): (options?: WaitOptions) => Promise<FindingRecord> {
    this.diagnosis.expect(failureClass);
    const seen = () => this.diagnosis.findings.find((finding) => finding.class === failureClass);
    return (options) =>
      this.console().until(
        `failure class ${failureClass}`,
        { check: seen, onChange: (listener) => this.diagnosis.onFinding(listener) },
        options,
      );
  }

  /** Ends QEMU and closes the logs. Idempotent, never throws. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#end();
    return this.#disposal;
  }

  async #end(): Promise<void> {
    await this.#retire();
    for (const log of this.#logs) {
      try {
        log[Symbol.dispose]();
      } catch (error) {
        // The disk is full, most likely. QEMU's own log of the console may have more.
        this.cleanupTrouble.push((error as Error).message);
      }
    }
  }

  #addConsole(name: string, role: ConsoleRole): void {
    const log = new ConsoleLog(this.#context.logFolder, name);
    this.#logs.push(log);
    const transcript = new Transcript({ clock: this.clock, history: log, recorder: log });
    const console = new Console(name, transcript, {
      interrupt: this.diagnosis,
      explain: (facts) => this.#explain(name, facts),
      ...(this.#context.signal && { signal: this.#context.signal }),
      ...(this.#context.remainingMs && { remainingMs: this.#context.remainingMs }),
    });
    this.#consoles.set(name, console);
    const milestones = MILESTONE_SIGNS.filter((known) => known.role === role).map(({ stage, sign }) => ({
      pattern: sign,
      once: true,
      seen: (match: { text: string; end: number }) =>
        this.note(stage, name, match.text.trim(), transcript.atMs(match.end - 1)),
    }));
    watchFor(console, [...milestones, ...this.diagnosis.sightings(console, role)]);
  }

  async #openShell(name: string, options?: ShellOptions): Promise<Shell> {
    const console = this.console(name);
    const shell = await Shell.open(console, options);
    this.note('userspace', name, 'shell prompt', shell.readyAtMs);
    return shell;
  }

  #checkBudget(reached: Milestone, budget: number | undefined): void {
    const ownMs = reached.atMs - reached.hostWaitMs;
    if (budget === undefined || ownMs <= budget) return;
    throw new BudgetError(
      `milestone "${reached.name}" was reached after ${seconds(ownMs)}, later than its budget of ${seconds(budget)}`,
      this.#explain(reached.console, {
        doing: `reaching "${reached.name}"`,
        console: reached.console,
        probably:
          reached.hostWaitMs > budget / 4
            ? 'the host is busy; what it held QEMU back is not counted, but caches and turbo suffer too'
            : 'this boot has become slower: compare the timeline with an earlier run',
      }),
    );
  }

  #explain(console: string, facts: FailureFacts): FailureFacts {
    const { spec } = this;
    const exit = this.#qemu?.exit;
    const gone =
      exit && `QEMU ended (${exit.signal ?? `status ${exit.code}`}) ${this.#qemu?.stderr.trim()}`.trim();
    return {
      machine: `${spec.name}, ${spec.accelerator}${gone ? `; ${gone}` : ''}`,
      reached: this.milestones.summary(/milestone "([a-z-]+)"/.exec(facts.doing ?? '')?.[1]),
      transcript: `${this.#context.logFolderShown}/${console}.txt:${this.#lineOfEnd(console)}`,
      ...facts,
      ...(facts.lastLines?.length === 0 && this.#elsewhere(console)),
    };
  }

  /** For a console that has said nothing at all: what the system's own console says instead. */
  #elsewhere(silent: string): Pick<FailureFacts, 'probably' | 'lastLines'> {
    const [name] = Object.entries(this.spec.consoles).find(([, { role }]) => role === 'system') ?? [];
    if (name === undefined || name === silent)
      return { probably: 'the console has not printed anything at all' };
    return {
      probably: `console "${silent}" has not printed anything at all; below is what console "${name}" printed last`,
      lastLines: this.console(name).transcript.tail(LINES_OF_ANOTHER_CONSOLE),
    };
  }

  #lineOfEnd(console: string): number {
    const { transcript } = this.console(console);
    return transcript.lineNumber(transcript.end);
  }

  /** Ends the present QEMU; whoever calls this waits for its end, also when somebody else has begun it. */
  async #retire(): Promise<void> {
    if (this.#qemu) this.#retiring = this.#endProcess(this.#qemu);
    this.#qemu = undefined;
    await this.#retiring;
  }

  async #endProcess(qemu: QemuProcess): Promise<void> {
    const cpuMs = qemu.cpuMs() ?? 0;
    await qemu[Symbol.asyncDispose]();
    if (!qemu.exit)
      this.cleanupTrouble.push(`QEMU (process ${qemu.pid}) has not ended: it hangs in the host's kernel`);
    this.#lastExit = qemu.exit;
    this.#endedAtMs = this.clock();
    this.#past.push({ argv: qemu.argv, cpuMs });
  }

  #running(): QemuProcess {
    if (this.#qemu) return this.#qemu;
    throw new ScenarioError(`machine "${this.name}" is not running`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
