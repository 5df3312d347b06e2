/** NetBSD's installer, sysinst, from its first question to the shell behind it. */
import { type BsdPrompt, expect, type Shell, type XenGuest } from '../../src/harness/index.ts';

type Patience = Parameters<XenGuest['shell']>[0];

/** @param first what it asked: which terminal this is, or already its first menu */
export async function throughInstaller(
  guest: XenGuest,
  first: BsdPrompt,
  patience: Patience,
): Promise<Shell> {
  if (first.is === 'terminal-type') {
    await guest.console.sendLine('vt100');
    expect((await guest.bsdPrompt(patience)).is).toBe('sysinst');
  } else expect(first.is).toBe('sysinst');
  await guest.reach('guest-userspace');
  const languages = await guest.sysinst(patience);
  await languages.choose(/in English/);
  const MAIN = /Install NetBSD to hard disk/;
  const next = await guest.console.expectOneOf({ keyboard: /Keyboard type/, main: MAIN }, patience);
  if (next.is === 'keyboard') {
    await (await guest.sysinst(patience)).choose(/unchanged/);
    await guest.expect(MAIN, patience);
  }
  const menu = await guest.sysinst(patience);
  expect(menu.entries).toContainEqual(expect.stringMatching(/Utility menu/));
  // Out of the installer there is a shell.
  await menu.choose(/Exit Install System/);
  return guest.shell(patience);
}
