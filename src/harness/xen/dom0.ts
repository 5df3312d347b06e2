/** dom0: the privileged domain, and Xen's toolstack in it, `xl`, driven through dom0's own shell. */
import { GuestError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/console.ts';
import type { Shell } from '../../expect/shell.ts';
import type { Machine } from '../machine/machine.ts';
import { type Domain, parseDomains, parseInfo } from './domain.ts';
import { XenGuest } from './guest.ts';

export interface GuestOptions extends WaitOptions {
  /** Path of the guest's configuration (xl.cfg(5)) in dom0. */
  readonly config: string;
  /** The machine's console that the guest's console is joined to; default: the one whose role is `guest`. */
  readonly console?: string;
}

/** Opens dom0: its shell takes commands, and Xen's toolstack answers. */
export async function openDom0(machine: Machine, options?: WaitOptions): Promise<Dom0> {
  return new Dom0(machine, await machine.shell('shell', options));
}

export class Dom0 {
  readonly machine: Machine;
  readonly shell: Shell;

  constructor(machine: Machine, shell: Shell) {
    this.machine = machine;
    this.shell = shell;
  }

  /** `xl info`, by key: `virt_caps`, `xen_version`, `free_memory`. @throws CommandError when xl fails. */
  async info(): Promise<Record<string, string>> {
    return parseInfo(await this.shell.succeed('xl info'));
  }

  /** `xl list`. @throws CommandError when xl fails. */
  async list(): Promise<Domain[]> {
    return parseDomains(await this.shell.succeed('xl list'));
  }

  /**
   * Creates a guest paused, joins its console to a serial port of its own, and only then lets it run: its first line
   * is never lost.
   * @throws CommandError with xl's own words when the guest can't be created.
   */
  async guest({ config, console: name, ...wait }: GuestOptions): Promise<XenGuest> {
    const console = this.machine.console(name ?? this.#guestConsole());
    await this.shell.succeed(`xl create -q -p ${config}`, wait);
    const created = (await this.list()).at(-1);
    if (!created || created.id === 0)
      throw new GuestError('DOMES_TOOLSTACK', `xl created no domain from ${config}`, {
        doing: `xl create ${config}`,
      });
    const guest = new XenGuest(this, created.name, console);
    await guest.joinConsole();
    await this.shell.succeed(`xl unpause ${created.name}`, wait);
    return guest;
  }

  #guestConsole(): string {
    const [name] = Object.entries(this.machine.spec.consoles).find(([, { role }]) => role === 'guest') ?? [
      'guest',
    ];
    return name;
  }
}
