/** What GRUB says when it gives up: its configuration, itself, its shells. */
import { classesOf } from '../failure-class.ts';
import { A_KERNEL_RUNS } from './boot-went-on.ts';
import { error, FROM_SOURCE, HARMLESS, RESCUE } from './grub-message.ts';

export const GRUB_SHELL = classesOf('bootloader', {
  'grub-unknown-command': {
    severity: 'hard',
    signs: [error("can'?t find command [`'][^'\\n]{1,80}'"), /^Unknown command [`'][^'\n]{1,60}'/],
    cause: 'the boot entry uses a command that this GRUB does not have, linuxefi or module2 say',
    remedy:
      'write the entry for this GRUB (linux in place of linuxefi), or insmod the module that has the command',
    source: 'GRUB grub-core/script/execute.c',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-syntax-error': {
    severity: 'hard',
    signs: [
      error('syntax error|Incorrect command|unexpected end of file|variable .{1,60} isn.t set'),
      /^Syntax errors? (?:are|is) detected in (?:generated )?GRUB config/i,
    ],
    cause: "the boot loader's configuration has a syntax error",
    remedy: 'check it with grub-script-check and generate it again with grub-mkconfig',
    source: 'GRUB grub-core/script/main.c',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-kernel-not-loaded': {
    severity: 'hard',
    signs: [
      error('you need to load the (?:kernel|Xen|hypervisor|multiboot)'),
      error('no (?:loaded )?kernel|no kernel (?:specified|loaded)'),
      /\bError 8: Kernel must be loaded/,
      { line: /^\s*Failed to boot both default and fallback entries/, early: true },
    ],
    cause: 'a boot entry went on though its kernel was not loaded',
    remedy: 'read the error before this one: it says why the kernel could not be loaded',
    source: 'GRUB grub-core/loader/i386/linux.c grub_cmd_initrd(), kern/err.c',
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-crashed': {
    severity: 'fatal',
    signs: [
      /^(?:alloc|free) magic (?:is )?broken at 0x|^(?:unaligned pointer|out of range pointer) 0x[0-9a-f]+/,
      /^Aborted\. Press any key to exit\./,
    ],
    cause: "GRUB's own memory was overwritten: a module that does not fit it, or a bug of the firmware",
    remedy:
      'run grub-install, so that core image and modules fit together; try it with the other firmware (BIOS, UEFI)',
    source: 'GRUB grub-core/kern/mm.c, kern/misc.c grub_abort()',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-error': {
    severity: 'hard',
    signs: [new RegExp(`${FROM_SOURCE}(?! ?(?:you need to load|${HARMLESS}))`)],
    cause: 'a command of the boot entry failed',
    remedy: 'the words behind the source file name the reason; press e at the entry to see the command',
    source: 'GRUB grub-core/kern/err.c grub_print_error()',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-rescue-shell': {
    severity: 'fatal',
    signs: [
      { line: /^\s*grub rescue>/, prompt: true },
      { line: /^entering rescue mode\b/i, early: true },
    ],
    cause: 'GRUB could not find its own modules and fell back to its rescue shell',
    remedy:
      'find them with ls, then set prefix=(hdX,Y)/boot/grub, insmod normal, normal; and run grub-install',
    source: 'GRUB grub-core/kern/rescue_reader.c',
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-shell': {
    severity: 'soft',
    signs: [{ line: /^\s*grub> ?/, prompt: true }, /Minimal BASH-like line editing is supported/],
    cause: 'GRUB waits at its command line: it found no configuration, or somebody left the menu',
    remedy: 'check that grub.cfg is where the prefix points to: echo $prefix, ls $prefix',
    source: 'GRUB grub-core/normal/main.c grub_normal_reader_init()',
    overcomeBy: A_KERNEL_RUNS,
  },
});
