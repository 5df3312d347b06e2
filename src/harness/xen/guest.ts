/** A guest (domU): its console is a console like any other, nested though it is. */
import { z } from 'zod';
import { ExpectTimeoutError } from '../../errors.ts';
import type { Console, Seen, WaitOptions } from '../../expect/console.ts';
import type { Pattern } from '../../expect/pattern/pattern.ts';
import type { Shell, ShellOptions } from '../../expect/shell.ts';
import { attended } from './attention.ts';
import type { Dom0 } from './dom0.ts';

/** The part of `xl list -l` that says what kind of guest it is. */
const LongList = z.array(z.object({ config: z.object({ c_info: z.object({ type: z.string() }) }) }));

/** How long a guest may be silent, beside how long the wait may take. */
export interface Attention {
  /**
   * Silence of its console after which dom0 is asked for its state, ms of the machine's own time; default 10 000. A
   * guest that has ended or is paused ends the wait then; one that waits the third time, one that is busy the sixth.
   */
  readonly silentFor?: number;
}

export class XenGuest {
  readonly name: string;
  readonly console: Console;
  readonly #dom0: Dom0;
  /** Where its own text begins on its console, which others may have had before. */
  #from = 0;

  constructor(dom0: Dom0, name: string, console: Console) {
    this.#dom0 = dom0;
    this.name = name;
    this.console = console;
  }

  /**
   * Joins the guest's console to its serial port, then lets it run. The image's `guest-console` does the joining, in a
   * subshell, so that the interactive shell reports no job when it ends.
   */
  async start(wait?: WaitOptions): Promise<void> {
    this.#dom0.machine.shells.forget(this.console.name);
    this.#from = this.console.transcript.end;
    await this.#dom0.shell.succeed(`(guest-console ${this.name} &); xl unpause ${this.name}`, wait);
  }

  /** How Xen runs it: `pv`, `pvh` or `hvm`. */
  async type(): Promise<string> {
    const list = await this.#dom0.shell.succeed(`xl list -l ${this.name}`);
    return LongList.parse(JSON.parse(list))[0]?.config.c_info.type ?? '';
  }

  /** Whether it has printed anything. */
  readonly hasSpoken = (): boolean => this.console.transcript.end > this.#from;

  /**
   * The shell that waits on the guest's console; its first prompt is the milestone `guest-userspace`.
   * @throws KnownFailureError also when the guest is silent and dom0 says why.
   */
  async shell({ silentFor, ...options }: ShellOptions & Attention = {}): Promise<Shell> {
    const work = () => this.#dom0.machine.openShell(this.console, 'guest-userspace', options);
    return attended(this, this.#dom0, { work, silentFor });
  }

  /**
   * Waits for a pattern on the guest's console, as Console.expect does, and finds out what became of a silent guest.
   * @throws KnownFailureError also when the guest is silent and dom0 says why.
   */
  async expect(pattern: Pattern, { silentFor, ...options }: WaitOptions & Attention = {}): Promise<Seen> {
    const work = () => this.console.expect(pattern, options);
    return attended(this, this.#dom0, { work, silentFor });
  }

  /**
   * Waits until Xen knows the guest no more: it has shut down, and the toolstack has cleaned up after it.
   * @throws ExpectTimeoutError when it is still there.
   */
  async gone({ timeout = 30_000 }: WaitOptions = {}): Promise<void> {
    const until = performance.now() + timeout;
    // The toolstack announces nothing on a console. Each question takes the guest's own time, so this does not spin.
    while (performance.now() < until) {
      const domain = (await this.#dom0.list()).find(({ name }) => name === this.name || name === '(null)');
      if (!domain) return;
    }
    throw new ExpectTimeoutError(`guest "${this.name}" is still there`, timeout, {
      doing: 'waiting for the guest to be gone from xl list',
      lastLines: this.console.transcript.tail(12),
    });
  }

  /** Asks the guest to shut down (as its power button would). */
  async shutdown(): Promise<void> {
    await this.#dom0.shell.succeed(`xl shutdown ${this.name}`);
  }

  /** Ends the guest at once. */
  async destroy(): Promise<void> {
    await this.#dom0.shell.succeed(`xl destroy ${this.name}`);
  }
}
