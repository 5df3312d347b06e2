/** dom0: the privileged domain, and Xen's toolstack in it, `xl`, driven through dom0's own shell. */
import { ScenarioError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/console.ts';
import type { Shell } from '../../expect/shell.ts';
import { consoleOfRole } from '../console/port.ts';
import type { Machine } from '../machine/machine.ts';
import { runToolstack } from './creation.ts';
import { type Domain, parseDomains, parseInfo } from './domain.ts';
import { XenGuest } from './guest.ts';
import { type GuestConfig, guestConfigText } from './guest-config.ts';
import { writeFileIn } from './written-file.ts';

export interface GuestOptions extends WaitOptions {
  /** The guest's configuration, or the path of one (xl.cfg(5)) in dom0. */
  readonly config: string | GuestConfig;
  /** Silence of the toolstack after which it is taken to hang, ms. Default 20 000: its own limits are 10 s. */
  readonly silentFor?: number;
  /** The machine's console that the guest's console is joined to; default: the one whose role is `guest`. */
  readonly console?: string;
}

/** Prints the `name = "…"` of an xl.cfg(5) file. */
const NAME_IN = `sed -n 's/^ *name *= *["'"'"']\\([^"'"'"']*\\).*/\\1/p'`;

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
  async list(wait?: WaitOptions): Promise<Domain[]> {
    return parseDomains(await this.shell.succeed('xl list', wait));
  }

  /**
   * Creates a guest paused, joins its console to a serial port of its own, and only then lets it run: its first line
   * is never lost.
   * @throws KnownFailureError when the toolstack shows why it can't be created; CommandError with xl's own words when
   * that has no name; ScenarioError for a configuration that is not right.
   */
  async guest({ config, console: name, silentFor, ...wait }: GuestOptions): Promise<XenGuest> {
    const console = this.machine.console(
      name ?? consoleOfRole(this.machine.spec.consoles, 'guest') ?? 'guest',
    );
    const path = typeof config === 'string' ? config : await this.#written(config, wait);
    // Under emulation each `xl` costs a third of a second: the name is read from the file, not asked of Xen.
    const created = await runToolstack(this, `xl create -q -p ${path} && ${NAME_IN} ${path}`, {
      ...wait,
      ...(silentFor !== undefined && { silentFor }),
    });
    const guest = new XenGuest(this, created.split('\n').at(-1)?.trim() ?? '', console);
    if (guest.name === '')
      throw new ScenarioError(`${path} in dom0 gives the guest no name`, { doing: `xl create ${path}` });
    await guest.start(wait);
    return guest;
  }

  /** Writes a configuration into dom0 and returns its path. */
  async #written(config: GuestConfig, wait: WaitOptions): Promise<string> {
    const path = `/root/${config.name}.domes.cfg`;
    await writeFileIn(this.shell, { path, text: guestConfigText(config) }, wait);
    return path;
  }
}
