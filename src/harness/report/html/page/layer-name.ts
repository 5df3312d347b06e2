/** What the layers are called on the page. */
import type { Stage } from '../../../stage.ts';

export const LAYER_NAME: Readonly<Record<Stage, string>> = {
  firmware: 'Firmware',
  bootloader: 'Boot loader',
  hypervisor: 'Hypervisor',
  kernel: 'Kernel',
  initramfs: 'Initramfs',
  userspace: 'Userspace',
  'package-manager': 'Package manager',
  toolstack: 'Toolstack',
  'guest-bootloader': 'Guest’s boot loader',
  'guest-kernel': 'Guest’s kernel',
  'guest-userspace': 'Guest’s userspace',
  emulator: 'Emulator',
};

/** The class that gives an element the colour of its layer. Not every record is as new as the page. */
export function layerClass(stage: string): string {
  return stage in LAYER_NAME ? `layer-${stage}` : 'layer-emulator';
}
