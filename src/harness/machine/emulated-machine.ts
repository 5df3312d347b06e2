/**
 * A machine without its deeds: its QEMU process, and what belongs to the machine and not to the process, and so survives a change
 * of it (restore, replay): consoles, transcripts, milestones, diagnosis. What a scenario does with it is in Machine.
 */
import { type FailureFacts, ScenarioError } from '../../errors.ts';
import type { Console } from '../../expect/console.ts';
import type { Shell, ShellOptions } from '../../expect/shell.ts';
import type { ConsoleLog } from '../console/log-files.ts';
import { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Image } from '../image/image.ts';
import { type Milestone, Milestones } from '../milestone/milestone.ts';
import { Network } from '../network/network.ts';
import { capsuleIn } from '../qemu/recording.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { QmpClient } from '../qmp/client.ts';
import type { RestoredFrom } from '../report/record.ts';
import { disksNow } from '../snapshot/disks.ts';
import type { Past } from '../snapshot/memento.ts';
import { SshAccess } from '../ssh/access.ts';
import type { Stage } from '../stage.ts';
import { CardFile } from './card.ts';
import { ConsoleSet, type ConsoleSetParts } from './console-set.ts';
import { servedBy } from './described.ts';
import { Emulation } from './emulation.ts';
import { explained } from './explanation.ts';
import { GuestLogs } from './guest-logs.ts';
import { GuestPlaces } from './guest-places.ts';
import type { MachineContext, StartOptions } from './machine-context.ts';
import { OpenShells } from './open-shells.ts';
import { recordingOf } from './recording-of.ts';
import { Screenshots } from './screenshots.ts';
import { machinePlace } from './ssh-place.ts';
import { MachineStates } from './states.ts';
import { virtualMs } from './virtual-clock.ts';

export class EmulatedMachine implements AsyncDisposable {
  readonly emulation: Emulation;
  readonly milestones = new Milestones();
  readonly diagnosis = new Diagnosis();
  /** What went wrong while it was ended, for the run record. */
  readonly cleanupTrouble: string[] = [];
  protected readonly context: MachineContext;
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
  /** Where it has one. */
  protected readonly network: Network | undefined;
  #disposal: Promise<void> | undefined;

  #spec: MachineSpec;

  /**
   * A machine without a process yet; `start` gives it one.
   * @param past of a machine that was saved, for one that is restored from that
   */
  constructor(spec: MachineSpec, context: MachineContext, past?: Past) {
    this.#spec = spec;
    this.emulation = new Emulation(spec.name, past?.memento);
    this.context = context;
    this.states = new MachineStates(this, past?.memento.savedVms ?? []);
    this.shells = new OpenShells(past?.memento.shells, (console) => this.states.clockSetting(console));
    this.guests = new GuestPlaces(spec, this.clock, past?.memento.guests);
    const { scenario, logFolderShown: logs, host } = context;
    this.card = new CardFile(this, { scenario, logs, host });
    if (spec.network !== 'none' && !context.replay) this.network = this.#ownNetwork();
    this.sshAccess = new SshAccess({
      place: (access) => machinePlace(this, this.network, access),
      shell: (wait) => this.shell('shell', wait),
    });
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
    return this.context.image;
  }

  get runFolder(): string | undefined {
    return this.context.runFolder;
  }

  /** The paths of the image's files and of its private folder, as its QEMU has them on its host. */
  get places(): { readonly files: Readonly<Record<string, string>>; readonly runFolder: string } {
    const { host, image, runFolder = '' } = this.context;
    const files = Object.entries(image?.files ?? {}).map(([name, file]) => [
      name,
      host?.pathOf(file) ?? file,
    ]);
    return { files: Object.fromEntries(files), runFolder: host?.folder ?? runFolder };
  }

  get name(): string {
    return this.#spec.name;
  }

  /** The host that it runs on, `ssh://user@host`; `undefined` for this one. */
  get host(): string | undefined {
    return this.context.host?.name;
  }

  /** Who has it recorded, where it is not its scenario: then nobody has written a budget for such a machine. */
  get recordedBy(): string | undefined {
    return this.context.recordedBy;
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
    ram = this.emulation.emptyRam(this.context.ramFile),
  }: StartOptions = {}): Promise<void> {
    if (disks) this.#spec = { ...this.#spec, disks: [...disks] };
    const { logFolder, signal, runFolder, host } = this.context;
    await this.#consoles.offer(runFolder);
    await this.screenshots.offer(runFolder);
    const place = { logFolder, signal, startQemu: host?.startQemu, network: this.network };
    const state = { ram, deviceState, recording: recordingOf(this.#spec, this.context) };
    const qemu = await this.emulation.start(this.spec, { ...place, ...state });
    this.#consoles.connect(qemu);
    this.card.follow(qemu);
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

  /** A console by its name; `console` is the system's own. @throws ScenarioError for an unknown name. */
  console(name = 'console'): Console {
    return this.#consoles.get(name);
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

  /** Ends QEMU and closes the logs. Idempotent, never throws. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#end();
    return this.#disposal;
  }

  #ownNetwork(): Network {
    const { runFolder: folder, image, served = image && servedBy(image) } = this.context;
    if (folder) return new Network({ folder, served, clock: this.clock });
    throw new ScenarioError(`machine "${this.name}" can't have a network: it has no folder of its own`);
  }

  async #end(): Promise<void> {
    await this.sshAccess[Symbol.asyncDispose]();
    await this.emulation[Symbol.asyncDispose]();
    await this.#consoles[Symbol.asyncDispose]();
    await this.screenshots[Symbol.asyncDispose]();
    this.cleanupTrouble.push(...this.emulation.trouble);
    await this.network?.[Symbol.asyncDispose]();
    this.cleanupTrouble.push(...(this.network?.trouble ?? []));
    this.cleanupTrouble.push(...this.#consoles.trouble);
  }

  /** Nothing comes any more, and no QEMU follows: every wait ends. */
  endConsoles(): void {
    this.#consoles.end();
  }

  #consoleParts(name: string): ReturnType<ConsoleSetParts['shared']> {
    const { signal, remainingMs } = this.context;
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
    const { logFolderShown: logFolder, replay } = this.context;
    const capsule = spec.determinism === 'recorded' && !replay ? capsuleIn(logFolder) : undefined;
    const guestOn = (one: string) => this.guests.guestOn(one);
    return explained(
      { spec, host, guestOn, consoles, milestones, diagnosis, logFolder, capsule },
      console,
      facts,
    );
  }
}
