/** The console of a guest that somebody else has started, by `xl` or by `xe`. */
import { CommandError, ScenarioError } from '../../errors.ts';
import { quoted } from '../ssh/posix-word.ts';
import { type CreateOptions, freePlaces } from './create-guest.ts';
import type { Dom0 } from './dom0.ts';
import { XenGuest } from './guest.ts';
import { NO_CONSOLE } from './joined-console.ts';
import type { ToolstackOptions } from './toolstack.ts';
import { LIST_VMS, parseVms, runningVm } from './xe.ts';

interface Running {
  readonly name: string;
  readonly domid: number;
}

/** See Dom0.join. */
export async function joinGuest(
  dom0: Dom0,
  wanted: string,
  { console, ...options }: CreateOptions = {},
): Promise<XenGuest> {
  const { machine } = dom0;
  const { guests } = machine;
  const { name, domid } = await located(dom0, wanted, options);
  if (!guests.hasFree(console)) await freePlaces(dom0);
  const place = guests.take(name, console);
  try {
    machine.shells.forget(place);
    const guest = new XenGuest(dom0, { name, domid, console: machine.console(place), isOwned: false });
    await guest.join(options);
    return guest;
  } catch (error) {
    guests.leave(place);
    throw hasNoConsole(error, name) ?? error;
  }
}

/** Where XCP's toolstack is, it knows the name-labels and uuids; xl only knows names. */
async function located(dom0: Dom0, wanted: string, options: ToolstackOptions): Promise<Running> {
  const list = await dom0.run(LIST_VMS, options);
  if (list.trim() !== '') {
    const { nameLabel, domid } = runningVm(parseVms(list), wanted);
    return { name: nameLabel, domid };
  }
  try {
    return { name: wanted, domid: Number(await dom0.run(`xl domid ${quoted(wanted)}`, options)) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const names = (await dom0.list()).filter(({ id }) => id !== 0).map(({ name }) => name);
    throw new ScenarioError(`dom0 runs no guest "${wanted}"`, {
      doing: `xl domid ${wanted}`,
      next: `its guests: ${names.join(', ') || 'there are none'}`,
    });
  }
}

function hasNoConsole(error: unknown, name: string): ScenarioError | undefined {
  if (!(error instanceof CommandError) || !error.output.includes(NO_CONSOLE)) return undefined;
  return new ScenarioError(`guest "${name}" has no console that dom0 could join`, {
    probably: 'it is an HVM guest without a serial port, or its console daemon (xenconsoled) does not run',
    next: "give it one, and start it again: serial = 'pty' in xl's configuration, platform:hvm_serial=pty for xe",
  });
}
