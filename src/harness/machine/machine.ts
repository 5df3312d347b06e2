/**
 * A machine: one QEMU process and its guest. Consoles, transcript, milestones and diagnosis belong to the machine,
 * not to the process, and survive a change of it (restore, replay).
 */
import { type FailureFacts, ScenarioError } from '../../errors.ts';
import type { Console, WaitOptions } from '../../expect/console.ts';
import type { Shell, ShellOptions } from '../../expect/shell.ts';
import { GrubMenu } from '../bootloader/grub-menu.ts';
import type { ConsoleLog } from '../console/log-files.ts';
import { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Image } from '../image/image.ts';
import { type Milestone, Milestones } from '../milestone/milestone.ts';
import type { HttpServer } from '../network/http-server.ts';
import { Network } from '../network/network.ts';
import { capsuleIn, type Recording, recordingIn } from '../qemu/recording.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { QmpClient } from '../qmp/client.ts';
import type { FindingRecord, RestoredFrom } from '../report/record.ts';
import { disksNow } from '../snapshot/disks.ts';
import type { GoOnOptions } from '../snapshot/go-on.ts';
import type { Past } from '../snapshot/memento.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Ssh } from '../ssh/ssh.ts';
import type { Stage } from '../stage.ts';
import { CardFile } from './card.ts';
import { ConsoleSet, type ConsoleSetParts } from './console-set.ts';
import { servedBy } from './described.ts';
import { Emulation } from './emulation.ts';
import { explained } from './explanation.ts';
import { GuestLogs } from './guest-logs.ts';
import { GuestPlaces } from './guest-places.ts';
import { type Credentials, logIn } from './login.ts';
import type { MachineContext, ReachOptions, StartOptions } from './machine-context.ts';
import { OpenShells } from './open-shells.ts';
import { reachMilestone } from './reach.ts';
import { Screenshots } from './screenshots.ts';
import { SshAccess, type SshOptions } from './ssh-access.ts';
import { MachineStates } from './states.ts';
import { virtualMs } from './virtual-clock.ts';

export type { MachineContext, ReachOptions, StartOptions } from './machine-context.ts';

export class Machine implements AsyncDisposable {
  readonly emulation: Emulation;
  readonly milestones = new Milestones();
  readonly diagnosis = new Diagnosis();
  /** What went wrong while it was ended, for the run record. */
  readonly cleanupTrouble: string[] = [];
  readonly #context: MachineContext;
  readonly #consoles: ConsoleSet;
  readonly shells: OpenShells;
  readonly guests: GuestPlaces;
  /** By which other processes see it. */
  readonly card: CardFile;
  readonly states: MachineStates;
  readonly sshAccess: SshAccess;
  readonly guestLogs: GuestLogs;
  readonly screenshots: Screenshots;
  /** The state that it began with instead of powering on. */
  restoredFrom: RestoredFrom | undefined;
  readonly #network: Network | undefined;
  #disposal: Promise<void> | undefined;

  #spec: MachineSpec;

  /**
   * A machine without a process yet; `start` gives it one.
   * @param past of a machine that was saved, for one that is restored from that
   */
  constructor(spec: MachineSpec, context: MachineContext, past?: Past) {
    this.#spec = spec;
    this.emulation = new Emulation(spec.name, past?.memento);
    this.#context = context;
    this.card = new CardFile(this, { scenario: context.scenario, logs: context.logFolderShown });
    this.states = new MachineStates(this, past?.memento.savedVms ?? []);
    this.shells = new OpenShells(past?.memento.shells, (console) => this.states.clockSetting(console));
    this.guests = new GuestPlaces(spec, this.clock, past?.memento.guests);
    if (spec.network !== 'none' && !context.replay) this.#network = this.#ownNetwork();
    this.sshAccess = new SshAccess(this, this.#network);
    this.guestLogs = new GuestLogs(this, context.logFolder);
    this.screenshots = new Screenshots(this, context.logFolder, context.host?.collect);
    this.#consoles = new ConsoleSet(spec, {
      logFolder: context.logFolder,
      past,
      shared: (name) => this.#consoleParts(name),
    });
    if (!past) return;
    this.milestones.recall(past.memento.milestones, past.memento.budgets);
    this.diagnosis.recall(past.memento.findings, past.memento.expected);
  }

  get spec(): MachineSpec {
    return { ...this.#spec, disks: disksNow(this.#spec.disks, this.states.base) };
  }

  get image(): Image | undefined {
    return this.#context.image;
  }

  get runFolder(): string | undefined {
    return this.#context.runFolder;
  }

  get name(): string {
    return this.#spec.name;
  }

  /** The host that it runs on, `ssh://user@host`; `undefined` for this one. */
  get host(): string | undefined {
    return this.#context.host?.name;
  }

  /** ms since power-on. */
  get clock(): () => number {
    return this.emulation.clock;
  }

  get qmp(): QmpClient {
    return this.emulation.qemu.qmp;
  }

  get logs(): ReadonlyMap<string, ConsoleLog> {
    return this.#consoles.logs;
  }

  get consoles(): ReadonlyMap<string, Console> {
    return this.#consoles.all;
  }

  /**
   * Starts a QEMU process of this spec and connects every console to it before its first instruction; a process
   * that the machine had before is ended. Without options it powers on.
   * @throws QemuLaunchError with QEMU's own words; AbortError when the machine is disposed meanwhile.
   */
  async start({
    disks,
    prepare,
    deviceState,
    ram = this.emulation.emptyRam(this.#context.ramFile),
  }: StartOptions = {}): Promise<void> {
    if (disks) this.#spec = { ...this.#spec, disks: [...disks] };
    const { logFolder, signal, runFolder, host } = this.#context;
    await this.#consoles.offer(runFolder);
    await this.screenshots.offer(runFolder);
    const place = { logFolder, signal, startQemu: host?.startQemu, network: this.#network };
    const state = { ram, deviceState, recording: this.#recording };
    const qemu = await this.emulation.start(this.spec, { ...place, ...state });
    this.#consoles.connect(qemu);
    this.card.write();
    await prepare?.(qemu);
    this.emulation.runClock();
    await qemu.qmp.execute('cont');
  }

  /**
   * Virtual time since power-on, ms: the guest's own, which no busy host changes. `undefined` of a `live` machine, and
   * before the firmware has run.
   */
  async virtualMs(): Promise<number | undefined> {
    return this.#spec.determinism === 'live' ? undefined : virtualMs(this.qmp);
  }

  /**
   * Does something while the guest stands still, and lets it go on. What is sent meanwhile arrives at one instant of
   * its time: at most 16 bytes for a serial port, whose FIFO holds no more.
   * @throws QmpError when QEMU is gone; whatever the work throws, after the guest goes on.
   */
  async whilePaused<T>(work: () => T | Promise<T>): Promise<T> {
    await this.qmp.execute('stop');
    try {
      return await work();
    } finally {
      await this.qmp.execute('cont');
    }
  }

  /**
   * Saves the machine's whole state in its disks under a tag, as `savevm` does; it runs on.
   * @throws ScenarioError when there is a state of that tag, something is under way at a console, or there is no disk;
   * QmpError with QEMU's own words.
   */
  savevm(tag: string): Promise<void> {
    return this.states.save(tag);
  }

  /**
   * Goes back to a state that `savevm` saved, in a fresh QEMU. Consoles and transcripts go on, what is unread is
   * skipped; milestones that were reached since then can be reached again, and shells of then take commands.
   * @throws ScenarioError when there is no state of that tag; QmpError, QemuLaunchError.
   */
  loadvm(tag: string): Promise<void> {
    return this.states.load(tag);
  }

  /**
   * Goes on, after `takeSnapshot`, from what it saved.
   * @throws SnapshotError when QEMU can't load it; HostError, QemuLaunchError.
   */
  goOn(snapshot: Snapshot, options?: GoOnOptions): Promise<void> {
    return this.states.goOn(snapshot, options);
  }

  /**
   * The web server that this machine's guest has, alone: http://10.0.2.100/.
   * @throws ScenarioError when the machine has no network.
   */
  get http(): HttpServer {
    if (this.#network) return this.#network.http;
    throw new ScenarioError(`machine "${this.name}" has no network, and so no web server`, {
      next: "launch it with serve: { name: folder }, or machine: { network: 'isolated' }",
    });
  }

  /** A console by its name; `console` is the system's own. @throws ScenarioError for an unknown name. */
  console(name = 'console'): Console {
    return this.#consoles.get(name);
  }

  /**
   * A connection to the guest's ssh server (10.0.2.15, port 22), as soon as that is up; kept, and made anew where it is
   * gone. Logs in by a key of this machine's own, see SshOptions for how that gets in; the host's key is pinned.
   * @throws ExpectTimeoutError when the server is not up in time; HostKeyError; GuestError when it refuses the login;
   * ScenarioError without a network; the others as Console.expect and Shell.run do.
   */
  ssh(options?: SshOptions): Promise<Ssh> {
    return this.sshAccess.connect(options);
  }

  /** GRUB's menu on the system's console, once it is drawn. */
  async grub(options?: WaitOptions): Promise<GrubMenu> {
    return GrubMenu.open(this.console(), options);
  }

  /** The shell that waits on a console, taken over once and kept; its first prompt is the milestone `userspace`. */
  shell(name = 'shell', options?: ShellOptions): Promise<Shell> {
    return this.shells.once(name, () => this.openShell(this.console(name), 'userspace', options));
  }

  /** Opens the shell that waits on a console, or takes up the one that was open there when the machine was saved. */
  async openShell(console: Console, stage: Stage, options?: ShellOptions): Promise<Shell> {
    const shell = await this.shells.open(console, stage, options);
    this.note(stage, {
      console: console.name,
      evidence: 'shell prompt',
      atMs: shell.readyAtMs,
      offset: console.cursor,
    });
    return shell;
  }

  /**
   * Logs in at the console's `login:` prompt and opens the shell that this starts.
   * @throws GuestError when the login is refused; else as `shell` does.
   */
  async logIn(credentials: Credentials, name = 'shell', options?: WaitOptions): Promise<Shell> {
    await logIn(this.console(name), credentials, options);
    // One that was open before is gone: the guest has rebooted, or somebody has logged out.
    this.shells.forget(name);
    return this.shell(name, options);
  }

  /**
   * Waits for a milestone, and checks its budget.
   * @throws BudgetError when it came too late; ExpectTimeoutError and the others as Console.expect does.
   */
  reach(stage: Stage, options?: ReachOptions): Promise<Milestone> {
    return reachMilestone(this, stage, options);
  }

  /**
   * Takes a picture of the screen of a machine that has one (`machine: { display: 'vga' }`), for the report. Returns the
   * PNG's path. One is taken by itself when the test fails.
   * @param name what it shows, in a word or two.
   * @throws ScenarioError when the machine has no screen; QmpError with QEMU's own words.
   */
  screenshot(name = 'screen'): Promise<string> {
    return this.screenshots.take(name);
  }

  /** Notes a milestone that a console showed, at `atMs` since power-on. */
  note(stage: Stage, seen: Pick<Milestone, 'console' | 'evidence' | 'atMs' | 'offset'>): void {
    const name = this.guests.milestoneName(stage, seen.console, (known) => this.milestones.get(known));
    const milestone: Milestone = { name, stage, hostWaitMs: this.emulation.hostWaitMs(), ...seen };
    const isFirst = !this.milestones.get(name);
    this.milestones.note(milestone);
    if (isFirst && this.#spec.determinism !== 'live')
      void this.virtualMs().then((ms) => {
        if (ms !== undefined) milestone.virtualMs = ms;
      });
  }

  /**
   * Keeps the machine for a person, who gets in with `npx domes attach`; resolves when they say `npx domes resume`.
   * The machine stays also when the test's time is up meanwhile; the test has failed then.
   * @throws ScenarioError in CI, where nobody would come, and for a machine that no test owns.
   */
  async pause(why = 'await machine.pause()'): Promise<void> {
    if (this.#context.pause && !process.env.CI) return this.#context.pause(this, why);
    throw new ScenarioError(`machine "${this.name}" can't be paused here: nobody would come`, {
      next: 'leave out machine.pause(), or run the scenario by hand',
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

  /** What QEMU records to or replays from, and where its consoles are files. */
  get #recording(): Recording | undefined {
    const { runFolder: folder, logFolder, replay } = this.#context;
    if (this.#spec.determinism === 'live') return undefined;
    if (folder === undefined)
      throw new ScenarioError(
        `machine "${this.name}" can't be pinned or recorded: it has no folder of its own`,
      );
    if (this.#spec.determinism === 'pinned') return { mode: 'pinned', file: '', folder };
    if (replay) return { mode: 'replay', file: replay.recording, folder, state: replay.state };
    return { mode: 'record', file: recordingIn(logFolder), folder };
  }

  /** Ends QEMU and closes the logs. Idempotent, never throws. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#end();
    return this.#disposal;
  }

  #ownNetwork(): Network {
    const { runFolder: folder, image, served = image && servedBy(image) } = this.#context;
    if (folder) return new Network({ folder, served, clock: this.clock });
    throw new ScenarioError(`machine "${this.name}" can't have a network: it has no folder of its own`);
  }

  async #end(): Promise<void> {
    await this.sshAccess[Symbol.asyncDispose]();
    await this.emulation[Symbol.asyncDispose]();
    await this.#consoles[Symbol.asyncDispose]();
    await this.screenshots[Symbol.asyncDispose]();
    this.cleanupTrouble.push(...this.emulation.trouble);
    await this.#network?.[Symbol.asyncDispose]();
    this.cleanupTrouble.push(...(this.#network?.trouble ?? []));
    this.cleanupTrouble.push(...this.#consoles.trouble);
  }

  /** Nothing comes any more, and no QEMU follows: every wait ends. */
  endConsoles(): void {
    this.#consoles.end();
  }

  #consoleParts(name: string): ReturnType<ConsoleSetParts['shared']> {
    const { signal, remainingMs } = this.#context;
    return {
      clock: this.clock,
      diagnosis: this.diagnosis,
      note: this.note.bind(this),
      context: {
        explain: (facts) => this.explain(name, facts),
        whyEnded: () => this.emulation.departure,
        ...(signal && { signal }),
        ...(remainingMs && { remainingMs }),
      },
    };
  }

  /** Completes the facts of a failure on a console. */
  explain(console: string, facts: FailureFacts): FailureFacts {
    const { spec, host, consoles, milestones, diagnosis } = this;
    const { logFolderShown: logFolder, replay } = this.#context;
    const capsule = spec.determinism === 'recorded' && !replay ? capsuleIn(logFolder) : undefined;
    const witness = { spec, host, consoles, milestones, diagnosis, logFolder, capsule };
    return explained(witness, console, facts);
  }
}
