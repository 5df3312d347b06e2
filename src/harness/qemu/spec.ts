/**
 * What a machine is made of, as data. Everything that the guest can see is here; host paths are only where a
 * file must be named. Checked by zod, so that a scenario's mistake is one message that names the field.
 */
import { z } from 'zod';
import { ConsolePorts, DEFAULT_CONSOLES } from '../console/port.ts';

/** QEMU takes what follows the first space for the module's arguments (hw/i386/multiboot.c). */
const ModuleFile = z.string().regex(/^[^ ]+$/, "a module's path can't have a space: QEMU reads no further");

export const BootModule = z.strictObject({ file: ModuleFile, append: z.string().default('') });

/** How the first instruction after the firmware is found. */
export const Boot = z.discriminatedUnion('from', [
  /** The firmware reads the boot loader from the first disk. */
  z.strictObject({ from: z.literal('disk') }),
  /** The firmware reads it from the CD, whatever is on the disks. */
  z.strictObject({ from: z.literal('cdrom') }),
  /** QEMU puts a kernel (Linux, or Xen as a multiboot kernel with its modules) into memory itself. */
  z.strictObject({
    from: z.literal('kernel'),
    kernel: z.string(),
    append: z.string().default(''),
    modules: z.array(BootModule).default([]),
  }),
]);
export type Boot = z.infer<typeof Boot>;

const DiskLayer = z.strictObject({ file: z.string(), format: z.enum(['qcow2', 'raw']) });

export const Disk = z.strictObject({
  ...DiskLayer.shape,
  /** What is under it, the nearest first, down to a file without a backing file; else as the file itself says. */
  backing: z.array(DiskLayer).optional(),
});
export type DiskLayer = z.infer<typeof DiskLayer>;
export type Disk = z.infer<typeof Disk>;

export const MachineSpec = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['pc', 'q35']).default('pc'),
  /** QEMU's `-cpu`, features included: `qemu64,+svm`. */
  cpu: z.string().min(1).default('qemu64'),
  cpus: z.number().int().min(1).max(16).default(1),
  memoryMiB: z.number().int().min(32).max(65_536).default(1024),
  accelerator: z.enum(['tcg', 'kvm']),
  boot: Boot,
  /** Writable overlays, in the order of the guest's disks. */
  disks: z.array(Disk).default([]),
  /**
   * How the disks are attached. `virtio`: fast. `sd`: as SD cards, which QEMU reads and writes at the very instruction
   * that asks for it (`blk_pread` in hw/sd/sd.c), so that the disk of a pinned machine is repeated to the byte as well.
   */
  diskBus: z.enum(['virtio', 'sd']).default('virtio'),
  cdrom: z.string().optional(),
  consoles: ConsolePorts.default(DEFAULT_CONSOLES),
  /** What a reboot by the guest does. `exit`: QEMU ends, and a crashed boot can't go round for ever. */
  onReboot: z.enum(['exit', 'reset']).default('exit'),
  /** None unless asked for. `isolated`: QEMU's user network without a way out of this host. */
  network: z.enum(['none', 'isolated']).default('none'),
  /** `vga`: a VGA adapter and its screen, beside the consoles (Machine.screenshot). */
  display: z.enum(['none', 'vga']).default('none'),
  /**
   * `live`: as fast as it goes. `pinned`: time is counted in instructions, nothing random comes from the host.
   * `recorded`: the same, and QEMU writes down what comes from outside, so that the run can be replayed to the byte.
   */
  determinism: z.enum(['live', 'pinned', 'recorded']).default('live'),
});
export type MachineSpec = z.infer<typeof MachineSpec>;
export type Determinism = MachineSpec['determinism'];
