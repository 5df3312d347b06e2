/** What a guest shows on its console, waited for with an ear for its silence. */
import type { Console, Seen, WaitOptions } from '../../expect/console.ts';
import type { Pattern } from '../../expect/pattern/pattern.ts';
import type { Shell, ShellOptions } from '../../expect/shell.ts';
import { GrubMenu } from '../bootloader/grub-menu.ts';
import { ASKING, type BsdPrompt, nextBsdPrompt } from '../bsd/prompt.ts';
import { SysinstMenu } from '../bsd/sysinst-menu.ts';
import { type Credentials, logIn } from '../machine/login.ts';
import type { ReachOptions } from '../machine/machine-context.ts';
import { reachWanted } from '../machine/reach.ts';
import type { Milestone } from '../milestone/milestone.ts';
import type { Stage } from '../stage.ts';
import { attended } from './attention.ts';
import type { Dom0 } from './dom0.ts';

/** How long a guest may be silent, beside how long the wait may take. */
export interface Attention {
  /**
   * Silence of its console after which dom0 is asked for its state, ms of the machine's own time; default 10 000. A
   * guest that has ended or is paused ends the wait then; one that waits the third time, one that is busy the sixth.
   */
  readonly silentFor?: number;
}

/** Whose console it is. */
export interface Speaker {
  readonly name: string;
  readonly console: Console;
}

export abstract class SpeakingGuest implements Speaker {
  readonly name: string;
  readonly console: Console;
  protected readonly dom0: Dom0;
  /** Where its own text begins on its console, which others may have had before. */
  readonly #from: number;

  constructor(dom0: Dom0, { name, console }: Speaker) {
    this.dom0 = dom0;
    this.name = name;
    this.console = console;
    this.#from = console.transcript.end;
  }

  /** Whether it has printed anything. */
  readonly hasSpoken = (): boolean => this.console.transcript.end > this.#from;

  /**
   * The shell that waits on the guest's console; its first prompt is the milestone `guest-userspace`.
   * @throws KnownFailureError also when the guest is silent and dom0 says why.
   */
  async shell({ silentFor, ...options }: ShellOptions & Attention = {}): Promise<Shell> {
    const { machine } = this.dom0;
    const open = () => machine.openShell(this.console, 'guest-userspace', options);
    const work = () => machine.shells.once(this.console.name, open);
    return this.#attended(work, silentFor);
  }

  /**
   * Logs in at the guest's `login:` prompt and opens the shell that this starts.
   * @throws GuestError when the login is refused; KnownFailureError also when the guest is silent and dom0 says why.
   */
  async logIn(
    credentials: Credentials,
    { silentFor, ...options }: WaitOptions & Attention = {},
  ): Promise<Shell> {
    const work = () => logIn(this.console, credentials, options);
    await this.#attended(work, silentFor);
    // One that was open before is gone: somebody has logged out.
    this.dom0.machine.shells.forget(this.console.name);
    return this.shell({ ...options, ...(silentFor !== undefined && { silentFor }) });
  }

  /**
   * The menu of a GRUB that runs in the guest (pvgrub), once it is drawn.
   * @throws KnownFailureError also when the guest is silent and dom0 says why.
   */
  async grub({ silentFor, ...options }: WaitOptions & Attention = {}): Promise<GrubMenu> {
    const work = () => GrubMenu.open(this.console, options);
    return this.#attended(work, silentFor);
  }

  /**
   * Waits for the next question of a BSD: `root-device`, `single-user`, `login` and so on. Those that come when something
   * is missing are failures for everybody else; to this they are answers.
   * @throws KnownFailureError also when the guest is silent and dom0 says why.
   */
  async bsdPrompt({ silentFor, ...options }: WaitOptions & Attention = {}): Promise<BsdPrompt> {
    const { diagnosis } = this.dom0.machine;
    const unmute = ASKING.map((question) => diagnosis.mute(question));
    try {
      return await this.#attended(() => nextBsdPrompt(this.console, options), silentFor);
    } finally {
      for (const restore of unmute) restore();
    }
  }

  /**
   * The menu of NetBSD's installer that stands on the console.
   * @throws KnownFailureError also when the guest is silent and dom0 says why.
   */
  async sysinst({ silentFor, ...options }: WaitOptions & Attention = {}): Promise<SysinstMenu> {
    return this.#attended(() => SysinstMenu.open(this.console, options), silentFor);
  }

  /**
   * Waits for a pattern on the guest's console, as Console.expect does, and finds out what became of a silent guest.
   * @throws KnownFailureError also when the guest is silent and dom0 says why.
   */
  async expect(pattern: Pattern, { silentFor, ...options }: WaitOptions & Attention = {}): Promise<Seen> {
    const work = () => this.console.expect(pattern, options);
    return this.#attended(work, silentFor);
  }

  /**
   * Waits for a milestone of this guest (`guest-bootloader`, `guest-kernel`, `guest-userspace`), and checks its budget, as Machine.reach
   * does.
   * @throws BudgetError when it came too late; KnownFailureError also when the guest is silent and dom0 says why.
   */
  async reach(stage: Stage, { silentFor, ...options }: ReachOptions & Attention = {}): Promise<Milestone> {
    const { machine } = this.dom0;
    const { milestones, guests } = machine;
    const { console } = this;
    const name = guests.milestoneName(stage, console.name, (known) => milestones.get(known));
    const isMine = (one: Milestone) => one.stage === stage && guests.isOwn(console.name, one);
    const find = () => milestones.list().find(isMine);
    const work = () => reachWanted(machine, { name, stage, console, find }, options);
    return this.#attended(work, silentFor);
  }

  #attended<T>(work: () => Promise<T>, silentFor: number | undefined): Promise<T> {
    return attended(this, this.dom0, { work, silentFor });
  }
}
