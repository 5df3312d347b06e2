/**
 * The layers of a boot, from power-on inwards. Milestones, timings, failure classes and the report's
 * timeline all use these names, from this one constant.
 */
export const STAGES = [
  'firmware',
  'bootloader',
  'hypervisor',
  'kernel',
  'initramfs',
  'userspace',
  'package-manager',
  'toolstack',
  'guest-bootloader',
  'guest-kernel',
  'guest-userspace',
  'emulator',
] as const;

export type Stage = (typeof STAGES)[number];
