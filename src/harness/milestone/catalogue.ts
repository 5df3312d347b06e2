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

export const MILESTONE_SIGNS: readonly MilestoneSign[] = [
  // SeaBIOS src/post.c prints its version first of all.
  { stage: 'firmware', role: 'firmware', sign: /SeaBIOS \(version [^)\n]{1,80}\)/ },
  // GRUB grub-core/normal/main.c: the head of the menu.
  { stage: 'bootloader', role: 'system', sign: /GNU GRUB {2}version [^ \r\n]{1,40}/ },
  { stage: 'guest-bootloader', role: 'guest', sign: /GNU GRUB {2}version [^ \r\n]{1,40}/ },
  // Xen xen/drivers/char/console.c: the first line after the banner.
  { stage: 'hypervisor', role: 'system', sign: /Xen version \d{1,3}\.\d{1,3}[^ \r\n]{0,40} / },
  // Linux init/version.c: the first line of every kernel.
  { stage: 'kernel', role: 'system', sign: /Linux version \d{1,3}\.\d{1,3}[^ \r\n]{0,60} / },
  { stage: 'guest-kernel', role: 'guest', sign: /Linux version \d{1,3}\.\d{1,3}[^ \r\n]{0,60} / },
];
