/**
 * A machine: one QEMU process and its guest. Consoles, transcript, milestones and diagnosis belong to the machine,
 * not to the process, and survive a change of it (restore, replay).
 */
import { join } from 'node:path';
import { type FailureFacts, ScenarioError } from '../../errors.ts';
import type { Console, WaitOptions } from '../../expect/console.ts';
import { Shell, type ShellOptions } from '../../expect/shell.ts';
import { GrubMenu } from '../bootloader/grub-menu.ts';
import { ConsoleBroker } from '../console/broker.ts';
import { ConsoleLog } from '../console/log-files.ts';
import { type ConsoleRole, consoleOfRole, FIRMWARE_CONSOLE } from '../console/port.ts';
import { socketWire } from '../console/socket-wire.ts';
import { Diagnosis } from '../diagnosis/diagnosis.ts';
import { MILESTONE_SIGNS } from '../milestone/catalogue.ts';
import { type Milestone, Milestones } from '../milestone/milestone.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { QmpClient } from '../qmp/client.ts';
import type { FindingRecord } from '../report/record.ts';
import type { Stage } from '../stage.ts';
import { checkBudget } from './budget.ts';
import { Emulation } from './emulation.ts';
import { explained } from './explanation.ts';
import { type Credentials, logIn } from './login.ts';
import { machineConsole } from './machine-console.ts';

/** What the machine's owner gives it: the test that it runs in. */
export interface MachineContext {
  /** Existing folder for the console logs. */
  readonly logFolder: string;
  /** The same as a person would write it, for messages. */
  readonly logFolderShown: string;
  /** Private folder for the sockets by which a person can attach to a console, `NAME.sock`; none without it. */
  readonly attachFolder?: string;
  readonly signal?: AbortSignal;
  /** What is left of the test, ms. */
  readonly remainingMs?: () => number;
}

export interface ReachOptions extends WaitOptions {
  /** Allowed time since QEMU's start, ms, without what a busy host held QEMU back. */
  readonly budget?: number;
}

export class Machine implements AsyncDisposable {
  readonly spec: MachineSpec;
  readonly emulation: Emulation;
  readonly milestones = new Milestones();
  readonly diagnosis = new Diagnosis();
  /** What went wrong while it was ended, for the run record. */
  readonly cleanupTrouble: string[] = [];
  readonly #context: MachineContext;
  readonly #consoles = new Map<string, Console>();
  readonly #logs: ConsoleLog[] = [];
  readonly #shells = new Map<string, Promise<Shell>>();
  readonly #brokers: ConsoleBroker[] = [];
  #disposal: Promise<void> | undefined;

  /** A machine without a process yet; `start` gives it one. */
  constructor(spec: MachineSpec, context: MachineContext) {
    this.spec = spec;
    this.emulation = new Emulation(spec.name);
    this.#context = context;
    this.#addConsole(FIRMWARE_CONSOLE, 'firmware');
    for (const [name, { role }] of Object.entries(spec.consoles)) this.#addConsole(name, role);
  }

  get name(): string {
    return this.spec.name;
  }

  /** ms since power-on. */
  get clock(): () => number {
    return this.emulation.clock;
  }

  get qmp(): QmpClient {
    return this.emulation.qemu.qmp;
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
    if (this.#brokers.length === 0) await this.#offerConsoles();
    const qemu = await this.emulation.start(this.spec, this.#context);
    for (const [name, console] of this.#consoles) {
      const socket = qemu.consoles.get(name);
      if (socket) console.attach(socketWire(socket, qemu.exited));
    }
    await prepare?.(qemu.qmp);
    await qemu.qmp.execute('cont');
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

  /** The shell that waits on a console, taken over once and kept; its first prompt is the milestone `userspace`. */
  shell(name = 'shell', options?: ShellOptions): Promise<Shell> {
    const open = this.#shells.get(name) ?? this.#openShell(name, options);
    this.#shells.set(name, open);
    return open;
  }

  /**
   * Logs in at the console's `login:` prompt and opens the shell that this starts.
   * @throws GuestError when the login is refused; else as `shell` does.
   */
  async logIn(credentials: Credentials, name = 'shell', options?: WaitOptions): Promise<Shell> {
    await logIn(this.console(name), credentials, options);
    return this.shell(name, options);
  }

  /**
   * Waits for a milestone, and checks its budget.
   * @throws BudgetError when it came too late; ExpectTimeoutError and the others as Console.expect does.
   */
  async reach(stage: Stage, { budget, ...wait }: ReachOptions = {}): Promise<Milestone> {
    if (budget !== undefined) this.milestones.allow(stage, stage, budget);
    const console = this.#consoleThatShows(stage);
    const reached = await this.milestones.whileAwaiting(stage, () =>
      console.until(
        `milestone "${stage}"`,
        {
          check: () => this.milestones.get(stage),
          offsetOf: (milestone) => (milestone.console === console.name ? milestone.offset : 0),
          onChange: (listener) => this.milestones.onNoted(listener),
        },
        wait,
      ),
    );
    if (budget !== undefined) checkBudget(reached, budget, (facts) => this.#explain(reached.console, facts));
    return reached;
  }

  /** Notes a milestone that a console showed, at `atMs` since power-on. */
  note(stage: Stage, seen: Pick<Milestone, 'console' | 'evidence' | 'atMs' | 'offset'>): void {
    this.milestones.note({ name: stage, stage, hostWaitMs: this.emulation.hostWaitMs(), ...seen });
  }

  /** Notes that a shell is ready, which no signature but its prompt tells. */
  noteShell(stage: Stage, { console, readyAtMs }: Shell): void {
    this.note(stage, {
      console: console.name,
      evidence: 'shell prompt',
      atMs: readyAtMs,
      offset: console.cursor,
    });
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

  async #offerConsoles(): Promise<void> {
    const { attachFolder } = this.#context;
    if (!attachFolder) return;
    for (const [name, console] of this.#consoles)
      this.#brokers.push(await ConsoleBroker.open(console, join(attachFolder, `${name}.sock`)));
  }

  async #end(): Promise<void> {
    await this.emulation[Symbol.asyncDispose]();
    for (const broker of this.#brokers) await broker[Symbol.asyncDispose]();
    this.cleanupTrouble.push(...this.emulation.trouble);
    for (const log of this.#logs) {
      log[Symbol.dispose]();
      // The disk is full, most likely. QEMU's own log of the console may have more.
      if (log.trouble) this.cleanupTrouble.push(log.trouble);
    }
  }

  #addConsole(name: string, role: ConsoleRole): void {
    const { logFolder, signal, remainingMs } = this.#context;
    const log = new ConsoleLog(logFolder, name);
    this.#logs.push(log);
    const console = machineConsole(name, {
      role,
      log,
      clock: this.clock,
      diagnosis: this.diagnosis,
      note: this.note.bind(this),
      context: {
        explain: (facts) => this.#explain(name, facts),
        whyEnded: () => this.emulation.departure,
        ...(signal && { signal }),
        ...(remainingMs && { remainingMs }),
      },
    });
    this.#consoles.set(name, console);
  }

  async #openShell(name: string, options?: ShellOptions): Promise<Shell> {
    const shell = await Shell.open(this.console(name), options);
    this.noteShell('userspace', shell);
    return shell;
  }

  #consoleThatShows(stage: Stage): Console {
    const role = MILESTONE_SIGNS.find((known) => known.stage === stage)?.role;
    if (role === 'firmware') return this.console(FIRMWARE_CONSOLE);
    return this.console(role && consoleOfRole(this.spec.consoles, role));
  }

  #explain(console: string, facts: FailureFacts): FailureFacts {
    const { spec, consoles, milestones, diagnosis } = this;
    const witness = { spec, consoles, milestones, diagnosis, logFolder: this.#context.logFolderShown };
    return explained(witness, console, facts);
  }
}
