/** Guests in files of dom0: Xen's own `xl save` and `xl restore`. */
import type { WaitOptions } from '../../expect/console.ts';
import { quoted } from '../ssh/posix-word.ts';
import type { Dom0 } from './dom0.ts';

export interface SaveOptions extends WaitOptions {
  /** Full path in dom0. Default: `/root/NAME.domes.save`. */
  readonly file?: string;
}

/** All of its memory is copied, emulated, and xl says nothing meanwhile. */
const TIMEOUT_MS = 120_000;

/** Returns the file. @throws CommandError with xl's own words. */
export async function saveGuest(
  dom0: Dom0,
  { name, domid }: { readonly name: string; readonly domid: number },
  { file = `/root/${name}.domes.save`, timeout = TIMEOUT_MS, ...wait }: SaveOptions = {},
): Promise<string> {
  await dom0.run(`xl save ${domid} ${quoted(file)}`, { ...wait, timeout, silentFor: timeout });
  return file;
}

/** Leaves it paused, and returns its number as a domain. @throws CommandError with xl's own words. */
export async function restoreGuest(
  dom0: Dom0,
  { name, file }: { readonly name: string; readonly file: string },
  { timeout = TIMEOUT_MS, ...wait }: WaitOptions = {},
): Promise<number> {
  const command = `xl restore -p ${quoted(file)} && xl domid ${quoted(name)}`;
  const said = await dom0.run(command, { ...wait, timeout, silentFor: timeout });
  return Number(said.split('\n').at(-1));
}

export async function removeSaved(dom0: Dom0, file: string): Promise<void> {
  await dom0.run(`rm -f ${quoted(file)}`);
}
