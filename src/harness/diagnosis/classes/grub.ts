/** What GRUB says of disks and files. */
import { classesOf } from '../failure-class.ts';
import { A_KERNEL_RUNS } from './boot-went-on.ts';
import { error, FROM_SOURCE, RESCUE } from './grub-message.ts';

export const GRUB = classesOf('bootloader', {
  'invalid-signature': {
    severity: 'fatal',
    signs: [
      error('.{1,200} has invalid signature|bad shim signature|bad signature'),
      error('verification requested but nobody cares|prohibited by secure boot policy'),
      error('shim_lock protocol not found|shim protocol not found'),
      error('.{0,200}(?:public key|signature) .{0,40}not found'),
    ],
    cause: 'GRUB may only load what is signed, and this file is not or is signed by somebody unknown',
    remedy:
      'turn Secure Boot off for this machine, or install the signed kernel and shim of the distribution',
    source: 'GRUB grub-core/kern/efi/sb.c, commands/pgp.c',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-file-not-found': {
    severity: 'fatal',
    signs: [
      error(
        'file [`\'"](?!\\S*(?:locale|\\/fonts?\\/|\\/themes?\\/|\\.pf2|\\.mo\\b|\\.gmo|\\.png|\\.tga|\\.jpg|background))[^\'"\\n]{0,400}[\'"] not found',
      ),
      error('no server is specified'),
      new RegExp(`${FROM_SOURCE} ?file\\s*$`),
      /\bError (?:15: File not found|1: Filename must be either)/,
    ],
    cause: 'a file that the boot entry names is not on the disk that GRUB looks at',
    remedy:
      'correct the path and the device of the entry, or install the file (a removed kernel leaves its entry behind)',
    source: 'GRUB grub-core/fs/fshelp.c grub_fshelp_find_file(), net/net.c',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'no-multiboot-header': {
    severity: 'fatal',
    signs: [error('no multiboot2? header found'), error('unsupported (?:multiboot2? )?(?:tag|flag|header)')],
    cause: 'the file is no multiboot kernel, or GRUB could not unpack it',
    remedy: 'for a gzipped Xen put "insmod gzio" before "multiboot2"',
    source: 'GRUB grub-core/loader/multiboot_mbi2.c',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'invalid-kernel': {
    severity: 'fatal',
    signs: [
      error(
        'invalid magic number|premature end of file|not a (?:valid|correct) |invalid (?:arch-?(?:dependent|independent) )?ELF (?:magic|header)',
      ),
      error(
        'this ELF file is not of the right type|kernel (?:is )?too (?:old|new)|unsupported (?:image|kernel)|invalid kernel',
      ),
      error('(?:plain image kernel not supported|the kernel .{0,40}is not (?:supported|bootable))'),
      /\bError 13: Invalid or unsupported executable format/,
      /\bError 28: Selected item cannot fit into memory/,
    ],
    cause: 'the file that the boot entry loads is no kernel, or is cut off',
    remedy: 'install the kernel again and compare its size and digest',
    source: 'GRUB grub-core/loader/i386/linux.c grub_cmd_linux()',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-unknown-filesystem': {
    severity: 'fatal',
    signs: [
      error('[Uu]nknown filesystem'),
      /\bError (?:17: Cannot mount selected partition|2: Bad file or directory type|16: Inconsistent filesystem structure)/,
      { line: /^unknown filesystem\.?\s*$/, early: true },
    ],
    cause:
      'GRUB can not read the partition: no file system that it knows, or one with features newer than it',
    remedy:
      'look at it with ls in GRUB; make the file system with older features (ext4 -O ^metadata_csum_seed,^orphan_file) or install GRUB anew',
    source: 'GRUB grub-core/kern/fs.c grub_fs_probe()',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-no-such-partition': {
    severity: 'fatal',
    signs: [error('no such partition'), /\bError (?:22: No such partition|5: Partition table invalid)/],
    cause: 'the partition that GRUB was told to boot from is not there any more',
    remedy:
      'find it with ls, then set prefix= and root=, and install GRUB again (partitions were renumbered or removed)',
    source: 'GRUB grub-core/kern/partition.c',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-device-not-found': {
    severity: 'fatal',
    signs: [
      error(
        // pvgrub looks for these on every guest's disk, and goes on; see guest-bootloader/pvgrub-no-config.
        "no such device: (?!(?:\\/boot)?\\/(?:xen\\/pvboot-|grub\\/grub\\.cfg))|no such disk|disk ?[`'][^'´\\n]{0,200}['´] not found|unknown device|no such (?:logical|physical) volume",
      ),
      error('physical volume \\S+ not found|failure (?:opening|finding) disk|invalid (?:device|drive) '),
      /\bError (?:21: Selected disk does not exist|23: Error while parsing number|11: Unrecognized device string)/,
    ],
    cause: 'GRUB can not find the disk that it was told to boot from',
    remedy:
      'correct the UUID, label or device in grub.cfg (root=, search); load the driver module (insmod lvm, mdraid1x, …)',
    source: 'GRUB grub-core/commands/search.c, kern/disk.c',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-disk-read-error': {
    severity: 'fatal',
    signs: [
      error(
        'failure (?:reading|writing) sector|attempt to (?:read or write|read|seek) (?:outside|past)|(?:biosdisk )?read error',
      ),
      /\bGRUB (?:Hard Disk|Read|Geom|Floppy) ?Error|^(?:Hard Disk|Geom|Read) Error\s*$/,
      /\bError (?:25: Disk read error|18: Selected cylinder exceeds maximum)/,
    ],
    cause: 'GRUB could not read the disk: the image is cut short, or the BIOS can not reach that far',
    remedy: 'check the image (qemu-img check, its size against its partition table)',
    source: 'GRUB grub-core/kern/disk.c, boot/i386/pc/boot.S',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-symbol-not-found': {
    severity: 'fatal',
    signs: [
      error("symbol [`'][^'\\n]{1,80}' not found"),
      error('(?:ELF|module) (?:header|license).{0,60}(?:smaller|incompatible|not)'),
    ],
    cause: "GRUB's core image and its modules are of different versions",
    remedy:
      'run grub-install on the disk that the firmware boots from, so that core image and /boot/grub fit together',
    source: 'GRUB grub-core/kern/dl.c grub_dl_resolve_symbols()',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-out-of-memory': {
    severity: 'fatal',
    signs: [
      error(
        "out of memory|cannot allocate|can't allocate|couldn't allocate|not enough memory|no free memory for",
      ),
      /\bError 28: /,
    ],
    cause: 'GRUB ran out of memory while it loaded kernel or initramfs',
    remedy: 'give the machine more memory, or a smaller initramfs (fewer modules, no firmware)',
    source: 'GRUB grub-core/kern/mm.c; https://bugs.launchpad.net/ubuntu/+source/grub2/+bug/1842320',
    explains: RESCUE,
    overcomeBy: A_KERNEL_RUNS,
  },
  'grub-cryptodisk-failed': {
    severity: 'hard',
    signs: [error('no such cryptodisk found|access denied|Invalid passphrase|disk .{0,80}key not found')],
    cause: 'GRUB could not unlock the encrypted disk that holds /boot',
    remedy:
      'type the passphrase as the keyboard layout of the boot loader (US) has it, or use LUKS with PBKDF2',
    source: 'GRUB grub-core/disk/cryptodisk.c',
    explains: [...RESCUE, 'grub-device-not-found'],
    overcomeBy: A_KERNEL_RUNS,
  },
});
