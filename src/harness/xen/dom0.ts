/** dom0: the privileged domain, and Xen's toolstack in it, `xl`, driven through dom0's own shell. */
import { ScenarioError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/console.ts';
import type { Shell } from '../../expect/shell.ts';
import type { Machine } from '../machine/machine.ts';
import type { SshOptions } from '../ssh/access.ts';
import { quoted } from '../ssh/posix-word.ts';
import type { Ssh } from '../ssh/ssh.ts';
import { type CreateOptions, createGuest } from './create-guest.ts';
import { type Domain, parseDomains, parseInfo } from './domain.ts';
import { XenGuest } from './guest.ts';
import type { GuestConfig } from './guest-config.ts';
import { joinGuest } from './join-guest.ts';
import { runToolstack, type ToolstackOptions } from './toolstack.ts';
import { writeFileIn } from './written-file.ts';

/** One for each shell: who asks twice shares its turns. */
const OPENED = new WeakMap<Shell, Dom0>();

/**
 * Opens dom0: its shell takes commands, and Xen's toolstack answers.
 * @param options `console`: where the shell is; default: the console of that name, `shell`
 */
export async function openDom0(
  machine: Machine,
  { console = 'shell', ...options }: WaitOptions & { readonly console?: string } = {},
): Promise<Dom0> {
  const shell = await machine.shell(console, options);
  const dom0 = OPENED.get(shell) ?? new Dom0(machine, shell);
  OPENED.set(shell, dom0);
  return dom0;
}

export class Dom0 {
  readonly machine: Machine;
  readonly shell: Shell;
  /** Ends with the command whose turn is the last so far. */
  #turn: Promise<unknown> = Promise.resolve();
  /** An `xl list` that waits for its turn. */
  #question: Promise<string> | undefined;

  constructor(machine: Machine, shell: Shell) {
    this.machine = machine;
    this.shell = shell;
  }

  /** `xl info`, by key: `virt_caps`, `xen_version`, `free_memory`. @throws CommandError when xl fails. */
  async info(): Promise<Record<string, string>> {
    return parseInfo(await this.run('xl info'));
  }

  /** `xl list`. @throws CommandError when xl fails. */
  async list(wait?: WaitOptions): Promise<Domain[]> {
    // A third of a second each, emulated: who asks while the question still waits for its turn gets the same answer.
    const ask = (): Promise<string> =>
      this.#inTurn(() => {
        this.#question = undefined;
        return runToolstack(this, 'xl list', wait ?? {});
      });
    if (wait?.signal) return parseDomains(await ask());
    this.#question ??= ask();
    return parseDomains(await this.#question);
  }

  /**
   * Creates a guest paused, joins its console to a port of its own, and only then lets it run: its first line is never
   * lost.
   * @param config the guest as data, or the path of a configuration (xl.cfg(5)) in dom0
   * @throws KnownFailureError when the toolstack shows why it can't be created; CommandError with xl's own words when
   * that has no name; ScenarioError for a configuration that is not right, and when the machine has no console left.
   */
  guest(config: string | GuestConfig, options?: CreateOptions): Promise<XenGuest> {
    return createGuest(this, config, options);
  }

  /**
   * Joins the console of a guest that runs already, whoever has started it: `xl`, or `xe` on XCP-ng. It is not ended with
   * its scope.
   * @param name its name in `xl list`; where there is an `xe`, its name-label or uuid
   * @throws ScenarioError when there is none of this name, when it does not run, when it has no console, and when the
   * machine has no console left.
   */
  join(name: string, options?: CreateOptions): Promise<XenGuest> {
    return joinGuest(this, name, options);
  }

  /**
   * A guest that runs since before the machine was saved and restored.
   * @throws ScenarioError when no guest of this name has a console.
   */
  async guestNamed(name: string): Promise<XenGuest> {
    const { guests } = this.machine;
    const console = guests.consoleOf(name);
    if (console !== undefined) {
      const domid = Number(await this.run(`xl domid ${quoted(name)}`));
      return new XenGuest(this, { name, domid, console: this.machine.console(console), isOwned: false });
    }
    const known = guests.saved.map(({ guest }) => guest).join(', ') || 'there are none';
    throw new ScenarioError(`dom0 has no guest "${name}" with a console`, { next: `its guests: ${known}` });
  }

  /**
   * Runs a command of the toolstack when those before it have ended, and returns what it printed.
   * @throws KnownFailureError, CommandError; ExpectTimeoutError when it hangs.
   */
  run(command: string, options: ToolstackOptions = {}): Promise<string> {
    return this.#inTurn(() => runToolstack(this, command, options));
  }

  /**
   * A connection to dom0's ssh server: one that stands, or a new one; its shell is used for that when it is its turn.
   * @throws as Machine.ssh does.
   */
  async ssh(options?: SshOptions): Promise<Ssh> {
    const { machine } = this;
    const standing = options ? undefined : await machine.sshAccess.current();
    return standing ?? this.#inTurn(() => machine.ssh(options));
  }

  /** Writes a text file in dom0, when it is its turn. @throws as Shell.succeed does. */
  write(path: string, text: string, wait?: WaitOptions): Promise<void> {
    return this.#inTurn(() => writeFileIn(this.shell, { path, text }, wait));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
