/**
 * The milestones that a console shows by itself. Named after their stage, so that a scenario asks for
 * `machine.reach('hypervisor')`. Those of a shell (`userspace`, `guest-userspace`) are noted by whoever opens it.
 */
import type { ConsoleRole } from '../console/port.ts';
import type { Stage } from '../stage.ts';

export interface MilestoneSign {
  readonly stage: Stage;
  /** On which kinds of console it counts. */
  readonly role: ConsoleRole;
  readonly sign: RegExp;
}

/** Linux init/version.c: the first line of every kernel. */
const LINUX = /Linux version \d{1,3}\.\d{1,3}[^ \r\n]{0,60} /;
/** FreeBSD, NetBSD and OpenBSD conf/newvers.sh: release, configuration or branch, number of the build. */
const BSD =
  /FreeBSD \d{1,3}\.\d{1,3}-[A-Z][^ \r\n]{0,40} |(?:Net|Open)BSD \d{1,3}\.\d{1,3}[^ \r\n]{0,40} \([^)\r\n]{1,60}\) ?#/;
/**
 * What a BSD's first programs print that wait for a person: init(8) in single-user mode, the installers, and getty's
 * banner. FreeBSD and NetBSD sbin/init; FreeBSD usr.sbin/bsdinstall; NetBSD distrib/common, usr.sbin/sysinst; OpenBSD
 * distrib/miniroot; gettytab.
 */
const BSD_USERSPACE =
  /Enter (?:full )?pathname of shell or RETURN for |a: Installation messages in English|\(I\)nstall, \([SU]\)|Console type \[vt100\]:|(?:Free|Net|Open)BSD\/[a-z0-9_]{1,20} \([^)\r\n]{1,80}\) \([^)\r\n]{1,40}\)/;
/** SYSLINUX core/isolinux.asm; FreeBSD stand/; NetBSD and OpenBSD sys/arch/amd64/stand. */
const OTHER_LOADER =
  /ISOLINUX \d{1,2}\.\d|SYSLINUX \d{1,2}\.\d|FreeBSD\/[^ \r\n]{1,40} bootstrap loader|>> (?:Net|Open)BSD\/[^ \r\n]{1,20} [A-Z]/;

export const MILESTONE_SIGNS: readonly MilestoneSign[] = [
  // SeaBIOS src/post.c prints its version first of all.
  { stage: 'firmware', role: 'firmware', sign: /SeaBIOS \(version [^)\n]{1,80}\)/ },
  // GRUB grub-core/normal/main.c: the head of the menu.
  { stage: 'bootloader', role: 'system', sign: /GNU GRUB {2}version [^ \r\n]{1,40}/ },
  { stage: 'guest-bootloader', role: 'guest', sign: /GNU GRUB {2}version [^ \r\n]{1,40}/ },
  // Xen xen/drivers/char/console.c: the first line after the banner.
  { stage: 'hypervisor', role: 'system', sign: /Xen version \d{1,3}\.\d{1,3}[^ \r\n]{0,40} / },
  { stage: 'kernel', role: 'system', sign: LINUX },
  { stage: 'guest-kernel', role: 'guest', sign: LINUX },
  { stage: 'bootloader', role: 'system', sign: OTHER_LOADER },
  { stage: 'guest-bootloader', role: 'guest', sign: OTHER_LOADER },
  { stage: 'kernel', role: 'system', sign: BSD },
  { stage: 'guest-kernel', role: 'guest', sign: BSD },
  { stage: 'userspace', role: 'system', sign: BSD_USERSPACE },
  { stage: 'guest-userspace', role: 'guest', sign: BSD_USERSPACE },
];
