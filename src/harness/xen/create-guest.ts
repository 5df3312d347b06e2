/** From a configuration to a guest that runs, with its console joined before its first instruction. */
import { ScenarioError } from '../../errors.ts';
import { quoted } from '../ssh/posix-word.ts';
import type { Dom0 } from './dom0.ts';
import { XenGuest } from './guest.ts';
import { checkedGuestConfig, type GuestConfig, guestConfigText } from './guest-config.ts';
import type { ToolstackOptions } from './toolstack.ts';

export interface CreateOptions extends ToolstackOptions {
  /** The machine's console that the guest's console is joined to; default: the first of role `guest` that is free. */
  readonly console?: string;
}

/** Prints the `name = "…"` of an xl.cfg(5) file. */
const NAME_IN = `sed -n 's/^ *name *= *["'"'"']\\([^"'"'"']*\\).*/\\1/p'`;

/** See Dom0.guest. */
export async function createGuest(
  dom0: Dom0,
  config: string | GuestConfig,
  { console: wanted, ...options }: CreateOptions = {},
): Promise<XenGuest> {
  const { machine } = dom0;
  const { guests } = machine;
  const ownName = typeof config === 'string' ? undefined : checkedGuestConfig(config).name;
  const shownName = ownName ?? String(config);
  if (!guests.hasFree(wanted)) await freePlaces(dom0);
  const place = guests.take(shownName, wanted);
  let guest: XenGuest | undefined;
  try {
    const path = typeof config === 'string' ? config : await written(dom0, config, options);
    const { name, domid } = await created(dom0, { path, name: ownName }, options);
    if (name !== shownName) guests.begin(place, name);
    guest = new XenGuest(dom0, { name, domid, console: machine.console(place), isOwned: true });
    machine.shells.forget(place);
    await guest.join(options);
    await dom0.run(`xl unpause ${domid}`, options);
    return guest;
  } catch (error) {
    // What was begun is undone, where it still can be.
    if (guest) await guest[Symbol.asyncDispose]();
    else guests.leave(place);
    throw error;
  }
}

/** Creates it paused. Every program costs an emulated dom0 up to a tenth of a second: only a name that is not known is read. */
async function created(
  dom0: Dom0,
  { path, name: known }: { path: string; name: string | undefined },
  options: ToolstackOptions,
): Promise<{ name: string; domid: number }> {
  const file = quoted(path);
  const named = known === undefined ? `n=$(${NAME_IN} ${file})` : `n=${quoted(known)}`;
  const said = await dom0.run(`xl create -q -p ${file} && ${named} && echo "$n" && xl domid "$n"`, options);
  const [name = '', domid = ''] = said.split('\n').slice(-2);
  if (name.trim() !== '' && /^\d+$/.test(domid.trim()))
    return { name: name.trim(), domid: Number(domid.trim()) };
  throw new ScenarioError(`${path} in dom0 gives the guest no name`, { doing: `xl create ${path}` });
}

/** Writes a configuration into dom0 and returns its path. */
async function written(dom0: Dom0, config: GuestConfig, wait: ToolstackOptions): Promise<string> {
  const path = `/root/${config.name}.domes.cfg`;
  await dom0.write(path, guestConfigText(config), wait);
  return path;
}

/** Guests may have ended without anybody who waited for it. */
export async function freePlaces(dom0: Dom0): Promise<void> {
  const { guests } = dom0.machine;
  const alive = new Set((await dom0.list()).map(({ name }) => name));
  for (const { console, guest } of guests.saved) if (!alive.has(guest)) guests.leave(console);
}
