/**
 * All failure classes that domes knows. Where several match the same line the first in this list is the more exact
 * one. What a machine can suffer a Xen guest can too: its classes are the same ones, one layer further in.
 */
import type { ConsoleRole } from '../console/port.ts';
import type { Stage } from '../stage.ts';
import { BOOT_LOADERS } from './classes/boot-loaders.ts';
import { EFI_LOADERS } from './classes/efi-loaders.ts';
import { EMULATOR } from './classes/emulator.ts';
import { EMULATOR_DEVICES } from './classes/emulator-devices.ts';
import { EMULATOR_END } from './classes/emulator-end.ts';
import { FIRMWARE } from './classes/firmware.ts';
import { GRUB } from './classes/grub.ts';
import { GRUB_SHELL } from './classes/grub-shell.ts';
import { GUEST, GUEST_FIRMWARE } from './classes/guest.ts';
import { HYPERVISOR } from './classes/hypervisor.ts';
import { INITRAMFS } from './classes/initramfs.ts';
import { INITRAMFS_ROOT } from './classes/initramfs-root.ts';
import { KERNEL_BSD } from './classes/kernel-bsd.ts';
import { KERNEL_ROOT } from './classes/kernel-root.ts';
import { KERNEL_TROUBLE } from './classes/kernel-trouble.ts';
import { PACKAGE_MANAGER_STATE } from './classes/package-manager-state.ts';
import { PACKAGE_REPOSITORY } from './classes/package-repository.ts';
import { PACKAGE_TRANSACTION } from './classes/package-transaction.ts';
import { TOOLSTACK_BUILD } from './classes/toolstack-build.ts';
import { TOOLSTACK_DAEMONS } from './classes/toolstack-daemons.ts';
import { TOOLSTACK_DEVICES } from './classes/toolstack-devices.ts';
import { U_BOOT } from './classes/u-boot.ts';
import { USERSPACE_BOOT } from './classes/userspace-boot.ts';
import { USERSPACE_SERVICES } from './classes/userspace-services.ts';
import { type FailureClass, labelOf } from './failure-class.ts';
import { LANDMARKS } from './landmark.ts';
import { type SignatureIndex, signatureIndex } from './signature-index.ts';

/** As they are written down: each signature once. */
export const WRITTEN_CLASSES: readonly FailureClass[] = [
  ...GUEST_FIRMWARE,
  ...FIRMWARE,
  ...GRUB,
  ...GRUB_SHELL,
  ...EFI_LOADERS,
  ...U_BOOT,
  ...BOOT_LOADERS,
  ...HYPERVISOR,
  ...GUEST,
  ...KERNEL_ROOT,
  ...INITRAMFS,
  ...INITRAMFS_ROOT,
  ...KERNEL_BSD,
  ...KERNEL_TROUBLE,
  ...EMULATOR,
  ...EMULATOR_DEVICES,
  ...EMULATOR_END,
  ...TOOLSTACK_DAEMONS,
  ...TOOLSTACK_BUILD,
  ...TOOLSTACK_DEVICES,
  ...PACKAGE_REPOSITORY,
  ...PACKAGE_MANAGER_STATE,
  ...PACKAGE_TRANSACTION,
  ...USERSPACE_BOOT,
  ...USERSPACE_SERVICES,
];

const GUEST_STAGE: Partial<Record<Stage, Stage>> = {
  bootloader: 'guest-bootloader',
  kernel: 'guest-kernel',
  userspace: 'guest-userspace',
};

const twins = new Map<string, FailureClass>();
for (const known of WRITTEN_CLASSES) {
  const stage = GUEST_STAGE[known.stage];
  if (stage) twins.set(known.id, { ...known, id: `${stage}/${labelOf(known.id)}`, stage });
}

/** The same class where it happens in a guest; classes that make no difference are their own twins. */
export function guestTwin(known: FailureClass): FailureClass {
  return twins.get(known.id) ?? known;
}

/** All of them, with those of guests. */
export const FAILURE_CLASSES: readonly FailureClass[] = [...WRITTEN_CLASSES, ...twins.values()];

/** Whose failures a console of each role can show. What a person's shell prints is of the programs started there. */
const STAGES_SHOWN: Record<ConsoleRole, readonly Stage[]> = {
  firmware: ['firmware'],
  system: [
    ...['firmware', 'bootloader', 'hypervisor', 'guest-kernel', 'kernel', 'initramfs', 'userspace'],
    ...['toolstack', 'package-manager', 'guest-bootloader'],
  ] as Stage[],
  shell: ['toolstack', 'package-manager', 'guest-bootloader'],
  guest: ['guest-bootloader', 'bootloader', 'guest-kernel', 'kernel', 'initramfs', 'userspace'],
};

const indices = new Map<ConsoleRole | 'log', SignatureIndex>();

/** What to look for on a console of this role, or in a log of which nothing is known. */
export function indexFor(role: ConsoleRole | 'log'): SignatureIndex {
  let index = indices.get(role);
  if (!index) {
    index = role === 'log' ? signatureIndex(WRITTEN_CLASSES, LANDMARKS) : signatureIndex(classesFor(role));
    indices.set(role, index);
  }
  return index;
}

function classesFor(role: ConsoleRole): FailureClass[] {
  const shown = WRITTEN_CLASSES.filter(({ stage }) => STAGES_SHOWN[role].includes(stage));
  return role === 'guest' ? shown.map(guestTwin) : shown;
}
