/** A guest (domU): its console is a console like any other, nested though it is. */
import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/console.ts';
import { type ConsolePort, deviceFile } from '../console/port.ts';
import type { Ssh } from '../ssh/ssh.ts';
import type { Dom0 } from './dom0.ts';
import { type Domain, type DomainState, stateIn } from './domain.ts';
import { GuestDisplay } from './guest-display.ts';
import { GuestSsh, type GuestSshOptions } from './guest-ssh.ts';
import { joinCommand } from './joined-console.ts';
import { leaveScope } from './leave-scope.ts';
import { setMemory, setVcpus } from './resized-guest.ts';
import { removeSaved, restoreGuest, type SaveOptions, saveGuest } from './saved-guest.ts';
import { type Speaker, SpeakingGuest } from './speaking-guest.ts';
import type { ToolstackOptions } from './toolstack.ts';
import { untilListed } from './until-listed.ts';

/** The part of `xl list -l` that says what kind of guest it is. */
const LongList = z.array(z.object({ config: z.object({ c_info: z.object({ type: z.string() }) }) }));

/** `gone`: Xen knows no such guest. */
export type GuestState = DomainState | 'gone';

interface GuestParts extends Speaker {
  readonly domid: number;
  /** Whether it is destroyed when its scope is left. */
  readonly isOwned: boolean;
}

export class XenGuest extends SpeakingGuest implements AsyncDisposable {
  readonly #isOwned: boolean;
  #domid: number;
  #ssh: GuestSsh;
  /** The file in dom0 that it was saved to, and that it has not come back from. */
  #savedIn: string | undefined;
  #isOver = false;

  constructor(dom0: Dom0, { domid, isOwned, ...speaker }: GuestParts) {
    super(dom0, speaker);
    this.#domid = domid;
    this.#isOwned = isOwned;
    this.#ssh = new GuestSsh(this, dom0);
  }

  /** Xen's number for it; another one after it was restored or has rebooted. */
  get domid(): number {
    return this.#domid;
  }

  /** Joins its console to its port; resolves when that is so. @throws CommandError with xenconsole's own words. */
  async join(options?: ToolstackOptions): Promise<void> {
    const { machine } = this.dom0;
    const console = this.console.name;
    const { port } = machine.spec.consoles[console] as ConsolePort;
    await this.dom0.run(joinCommand({ domid: this.#domid, console, device: deviceFile(port) }), options);
  }

  /** The display and the keyboard of an HVM guest with a VGA, for a boot loader that knows no serial port. */
  get display(): GuestDisplay {
    return new GuestDisplay(this.dom0, this);
  }

  /** How Xen runs it: `pv`, `pvh` or `hvm`. */
  async type(): Promise<string> {
    const list = await this.dom0.run(`xl list -l ${this.#domid}`);
    return LongList.parse(JSON.parse(list))[0]?.config.c_info.type ?? '';
  }

  /**
   * A connection to the guest's ssh server, through dom0's, as soon as that is up; kept, and made anew where it is gone.
   * Its key is let in, and the server's keys are learned, through the guest's shell; or by a password.
   * @throws ExpectTimeoutError when it has no address, or its server is not up in time; the others as Machine.ssh does,
   * for dom0 as well.
   */
  ssh(options?: GuestSshOptions): Promise<Ssh> {
    return this.#ssh.connect(options);
  }

  /** What it does, as `xl list` shows it. @throws CommandError when xl fails. */
  async state(wait?: WaitOptions): Promise<GuestState> {
    return stateIn(await this.dom0.list(wait), this.#domid);
  }

  /**
   * Waits until it is in this state.
   * @throws ExpectTimeoutError when it is in another one still.
   */
  async until(state: GuestState, options?: WaitOptions): Promise<void> {
    const find = (all: readonly Domain[]) => stateIn(all, this.#domid) === state || undefined;
    await untilListed(this.dom0, this, { what: `state "${state}"`, find }, options);
    if (state === 'gone') await this.#leave();
  }

  /**
   * Waits until Xen knows the guest no more: it has shut down, and the toolstack has cleaned up after it.
   * @throws ExpectTimeoutError when it is still there.
   */
  async gone(options?: WaitOptions): Promise<void> {
    await this.until('gone', options);
  }

  /** Takes its processors away from it, until `unpause`. */
  async pause(wait?: WaitOptions): Promise<void> {
    await this.dom0.run(`xl pause ${this.#domid}`, wait);
  }

  /** Gives its processors back to it. */
  async unpause(wait?: WaitOptions): Promise<void> {
    await this.dom0.run(`xl unpause ${this.#domid}`, wait);
  }

  /**
   * Has it shut down, as its power button would, and waits until it is gone.
   * @throws ExpectTimeoutError when it is still there; CommandError when it can't be asked.
   */
  async shutdown(options?: WaitOptions): Promise<void> {
    await this.dom0.run(`xl shutdown -F ${this.#domid}`, options);
    await this.gone(options);
  }

  /** Ends it at once. @throws CommandError when there is no such guest any more. */
  async destroy(options?: WaitOptions): Promise<void> {
    await this.dom0.run(`xl destroy ${this.#domid}`, options);
    await this.gone(options);
  }

  /**
   * Waits until it has rebooted, which makes it another domain, and joins the console of that: nothing that it has
   * printed since is lost, xenconsoled keeps it.
   * @throws ExpectTimeoutError when it is still the one it was.
   */
  async rebooted(options?: WaitOptions): Promise<void> {
    const before = this.#domid;
    const isNext = ({ name, id }: Domain) => name === this.name && id !== before;
    const find = (all: readonly Domain[]) => all.find(isNext)?.id;
    this.#domid = await untilListed(this.dom0, this, { what: 'a reboot', find }, options);
    const { shells, guests } = this.dom0.machine;
    shells.forget(this.console.name);
    guests.begin(this.console.name, this.name);
    // Its address, and the keys of its server, may be others.
    await this.#ssh[Symbol.asyncDispose]();
    this.#ssh = new GuestSsh(this, this.dom0);
    await this.join(options);
  }

  /**
   * Saves it into a file of dom0, and takes it off the processors and the memory: `xl save`. Its console stays, and goes
   * on with `restore`.
   * @throws CommandError with xl's own words: no room in dom0, say.
   */
  async save(options?: SaveOptions): Promise<void> {
    this.#savedIn = await saveGuest(this.dom0, this, options);
  }

  /**
   * Goes on from where it was saved: `xl restore`. It comes back paused, and runs once its console is joined.
   * @throws ScenarioError when it was not saved; CommandError with xl's own words.
   */
  async restore(options?: WaitOptions): Promise<void> {
    const file = this.#savedIn;
    if (file === undefined)
      throw new ScenarioError(`guest "${this.name}" was not saved`, { next: 'await guest.save() first' });
    this.#domid = await restoreGuest(this.dom0, { name: this.name, file }, options);
    this.#savedIn = undefined;
    await this.join(options);
    await this.unpause(options);
    await removeSaved(this.dom0, file);
  }

  /**
   * Has it give memory back, or take more, up to its `maxMemory`; resolves when it has, by its balloon driver.
   * @throws ExpectTimeoutError when it does not; CommandError with xl's own words.
   */
  async setMemory(mebibytes: number, options?: WaitOptions): Promise<void> {
    await setMemory(this.dom0, this, mebibytes, options);
  }

  /**
   * Has it use so many processors, up to its `maxVcpus`; resolves when it does. A Linux stops using one by itself, but
   * leaves it to its udev to begin with one.
   * @throws ExpectTimeoutError when it does not; CommandError with xl's own words.
   */
  async setVcpus(count: number, options?: WaitOptions): Promise<void> {
    await setVcpus(this.dom0, this, count, options);
  }

  /** Destroys it, and removes what it was saved to. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver || !this.#isOwned) return;
    this.#isOver = true;
    await leaveScope(this.dom0, this, this.#savedIn);
    await this.#leave();
  }

  /** Its console is free for another guest. */
  async #leave(): Promise<void> {
    this.#isOver = true;
    await this.#ssh[Symbol.asyncDispose]();
    const { guests } = this.dom0.machine;
    if (guests.guestOn(this.console.name) === this.name) guests.leave(this.console.name);
  }
}
