/** The questions that a BSD asks at its console on its way from the boot loader to a login. */
import type { Console, WaitOptions } from '../../expect/console.ts';

/** Each at the end of what was printed: it waits for an answer. */
const PROMPTS = {
  // NetBSD sys/kern/kern_subr.c, OpenBSD sys/kern/subr_disk.c: setroot() of a kernel that found no root, or with -a.
  'root-device': /root device(?: \(default ([^)\r\n]{1,40})\))?: $/,
  'dump-device': /dump device(?: \(default ([^)\r\n]{1,40})\))?: $/,
  'file-system': /file system(?: \(default ([^)\r\n]{1,40})\))?: $/,
  // NetBSD sys/kern/init_main.c: the first process.
  'init-path': /init path(?: \(default ([^)\r\n]{1,80})\))?: $/,
  // FreeBSD sys/kern/vfs_mountroot.c.
  mountroot: /mountroot> $/,
  // The menu before the prompt counts down: NetBSD sys/arch/i386/stand/lib/bootmenu.c, FreeBSD stand/lua/menu.lua.
  'loader-menu':
    /Choose an option; RETURN for default|Autoboot in \d{1,3} seconds|Hit \[Enter\] to boot immediately/,
  // FreeBSD stand/common/interp.c; OpenBSD sys/stand/boot; NetBSD sys/arch/i386/stand/boot.
  loader: /\n(?:OK|boot>|(?<="help" for help\.\r?\n)>) $/,
  // init(8) in single-user mode. FreeBSD says "full".
  'single-user': /Enter (?:full )?pathname of shell or RETURN for (\S{1,80}): ?$/,
  // tset(1), before NetBSD's installer and on a NetBSD's first login; FreeBSD usr.sbin/bsdinstall/startbsdinstall.
  'terminal-type': /(?:Terminal type\?|Console type) \[([^\]\r\n]{1,40})\]:? ?$/,
  // NetBSD usr.sbin/sysinst: its first menu.
  sysinst: /a: Installation messages in English/,
  // OpenBSD distrib/miniroot/dot.profile; NetBSD's without sysinst, distrib/miniroot/install.sub.
  installer: /\(I\)nstall, [^\r\n]{1,60}\((?:S\)hell|H\)alt) ?\? ?$/,
  login: /login: $/,
} as const;

export type BsdPromptName = keyof typeof PROMPTS;

export interface BsdPrompt {
  readonly is: BsdPromptName;
  /** What an empty answer stands for, where the question says so. */
  readonly offered: string | undefined;
}

/** Failure classes that are such a question, asked by a guest: who waits for questions expects them. */
export const ASKING = [
  'guest-kernel/bsd-root-asked',
  'guest-kernel/rootfs-mount-failed',
  'guest-kernel/no-init',
  'guest-userspace/emergency-mode',
] as const;

/** Waits for the next of these questions. @throws as Console.expect does. */
export async function nextBsdPrompt(console: Console, wait?: WaitOptions): Promise<BsdPrompt> {
  const { is, text } = await console.expectOneOf<BsdPromptName>(PROMPTS, wait);
  return { is, offered: PROMPTS[is].exec(text.startsWith('\n') ? text : `\n${text}`)?.[1] };
}
