/**
 * The fatal failures of each layer. Where several classes match the same lines the first in this list is the more
 * exact one.
 */
import type { ConsoleRole } from '../console/port.ts';
import type { Stage } from '../stage.ts';
import type { FailureClass } from './failure-class.ts';

function fatal(
  stage: Stage,
  label: string,
  role: ConsoleRole,
  about: Pick<FailureClass, 'signature' | 'cause' | 'remedy' | 'source'>,
): FailureClass {
  return { id: `${stage}/${label}`, stage, severity: 'fatal', role, ...about };
}

const PANIC = 'Kernel panic - not syncing: ';

/** A kernel's last words are the same in dom0 and in a guest; only the console tells which it was. */
function kernelFailures(stage: 'kernel' | 'guest-kernel', role: ConsoleRole): FailureClass[] {
  return [
    fatal(stage, 'no-root-device', role, {
      signature: new RegExp(`${PANIC}VFS: Unable to mount root fs`),
      cause: 'the kernel found no root file system',
      remedy: 'give it an initramfs or a disk, and a root= that names it',
      source: 'Linux init/do_mounts.c mount_block_root()',
    }),
    fatal(stage, 'no-init', role, {
      signature: new RegExp(`${PANIC}(?:No working init found|Requested init .{1,200} failed)`),
      cause: 'the root file system has no program that can be the first process',
      remedy: 'check init= and that its interpreter and libraries are in the root file system',
      source: 'Linux init/main.c kernel_init()',
    }),
    fatal(stage, 'init-killed', role, {
      signature: new RegExp(`${PANIC}Attempted to kill (?:the )?init!`),
      cause: 'the first process ended',
      remedy: 'read the lines before the panic: init, or a program that it became, failed',
      source: 'Linux kernel/exit.c do_exit()',
    }),
    fatal(stage, 'panic', role, {
      signature: new RegExp(PANIC),
      cause: 'the kernel panicked',
      remedy: 'the text behind "not syncing" and the call trace before it name the reason',
      source: 'Linux kernel/panic.c panic()',
    }),
  ];
}

export const FAILURE_CLASSES: readonly FailureClass[] = [
  fatal('firmware', 'no-bootable-device', 'firmware', {
    signature: /No bootable device\./,
    cause: 'the firmware found nothing that it could boot',
    remedy: 'attach a disk with a boot loader, or boot the kernel directly',
    source: 'SeaBIOS src/boot.c boot_fail()',
  }),
  fatal('bootloader', 'file-not-found', 'system', {
    signature: /error: (?:\.\.\/[\w./-]{1,80}:)?(?:\d{1,6}:)?file `[^'\n]{0,400}' not found\./,
    cause: 'a file that the boot entry names is not on the disk',
    remedy: 'correct the entry, or install the file (a removed kernel leaves its entry behind)',
    source: 'GRUB grub-core/fs/fshelp.c grub_fshelp_find_file()',
  }),
  fatal('bootloader', 'no-multiboot-header', 'system', {
    signature: /error: (?:\.\.\/[\w./-]{1,80}:)?(?:\d{1,6}:)?no multiboot2? header found\./,
    cause: 'the file is no multiboot kernel, or GRUB could not unpack it',
    remedy: 'for a gzipped Xen put "insmod gzio" before "multiboot2"',
    source: 'GRUB grub-core/loader/multiboot_mbi2.c',
  }),
  fatal('bootloader', 'not-a-kernel', 'system', {
    signature:
      /error: (?:\.\.\/[\w./-]{1,80}:)?(?:\d{1,6}:)?(?:invalid magic number|premature end of file [^\n]{1,200}|not a (?:valid|correct) [^\n]{1,80})\./,
    cause: 'the file that the boot entry loads is no kernel, or is cut off',
    remedy: 'install the kernel again and compare its size and digest',
    source: 'GRUB grub-core/loader/i386/linux.c grub_cmd_linux()',
  }),
  fatal('bootloader', 'no-such-device', 'system', {
    signature:
      /error: (?:\.\.\/[\w./-]{1,80}:)?(?:\d{1,6}:)?(?:no such device: |disk `[^'\n]{0,200}' not found|no such partition)/,
    cause: 'GRUB can not find the disk or partition that it was told to boot from',
    remedy: 'correct the UUID, label or device in grub.cfg (root=, search)',
    source: 'GRUB grub-core/commands/search.c, kern/disk.c',
  }),
  fatal('hypervisor', 'no-dom0-kernel', 'system', {
    signature:
      /\(XEN\) Panic on CPU \d{1,4}:\s{0,4}\(XEN\) (?:dom0 kernel not specified|Dom0 kernel not specified)/i,
    cause: 'the boot loader gave Xen no module to run as dom0',
    remedy: 'add a module2 line (GRUB) or an -initrd (QEMU) with the dom0 kernel first',
    source: 'Xen xen/arch/x86/setup.c __start_xen()',
  }),
  fatal('hypervisor', 'dom0-memory-too-small', 'system', {
    signature: /\(XEN\) Panic on CPU \d{1,4}:\s{0,4}\(XEN\) Domain 0 allocation is too small/,
    cause: 'dom0 gets too little memory for its kernel and initramfs',
    remedy: 'raise dom0_mem= on the Xen line, or the memory of the machine',
    source: 'Xen xen/arch/x86/pv/dom0_build.c',
  }),
  fatal('hypervisor', 'panic', 'system', {
    signature: /\(XEN\) Panic on CPU \d{1,4}:\s{0,4}\(XEN\) /,
    cause: 'the hypervisor panicked',
    remedy: 'the line behind "Panic on CPU" names the reason',
    source: 'Xen xen/drivers/char/console.c panic()',
  }),
  fatal('hypervisor', 'dom0-unhandled-fault', 'system', {
    signature: /\(XEN\) d0v\d{1,4} Unhandled(?: invalid opcode fault\/trap)?: vec \d{1,3}/,
    cause: 'dom0 took a fault that it has no handler for, before it could say anything',
    remedy: 'emulated CPUs with SMAP crash a PV dom0 so: use -cpu qemu64, or "max,-smap,-smep"',
    source: 'Xen xen/arch/x86/pv/traps.c; measured with -cpu max under QEMU 7.2',
  }),
  fatal('hypervisor', 'dom0-crashed', 'system', {
    signature: /\(XEN\) Hardware Dom0 (?:crashed|halted): /,
    cause: 'dom0 crashed and took the machine with it',
    remedy: "read dom0's own lines before this one; boot with noreboot to keep the state",
    source: 'Xen xen/common/shutdown.c hwdom_shutdown()',
  }),
  ...kernelFailures('kernel', 'system'),
  ...kernelFailures('guest-kernel', 'guest'),
];
