/** Boot loaders of BIOS machines other than GRUB, and those of the BSDs. */
import { classesOf } from '../failure-class.ts';
import { A_KERNEL_RUNS } from './boot-went-on.ts';

export const BOOT_LOADERS = classesOf('bootloader', {
  'syslinux-kernel-not-found': {
    severity: 'fatal',
    signs: [
      /Could not find (?:kernel|ramdisk) image: \S+/,
      /^Loading \S{1,200}\.{3,} ?failed(?:: No such file|!|\.)/,
    ],
    cause: 'SYSLINUX can not find the kernel or initramfs that its configuration names',
    remedy: 'correct KERNEL or LINUX in syslinux.cfg; paths are relative to that file',
    source: 'SYSLINUX core/fs/…, com32/elflink/ldlinux/execute.c',
    overcomeBy: A_KERNEL_RUNS,
  },
  'syslinux-broken': {
    severity: 'fatal',
    signs: [
      /Failed to load (?:COM32 file )?(?:ldlinux\.(?:c32|e32|e64)|libcom32\.c32|\S+\.c32)/,
      /No DEFAULT or UI configuration directive found|ERROR: No configuration file found/,
      /isolinux: (?:Image checksum error|Disk error|Loading spec packet failed|No boot info table)/i,
      /isolinux\.bin missing or corrupt/,
      /^Invalid or corrupt kernel image/,
      /Boot failed: (?:please change disks and press a key|press a key to retry)/,
      { line: /\.c32: not a COM32R? image/, early: true },
    ],
    cause:
      'the boot medium has no working SYSLINUX: its modules or its configuration are missing, or the image is damaged',
    remedy: 'compare the digest of the image with the one that was published; write the medium again',
    source: 'SYSLINUX core/isolinux.asm, com32/elflink/ldlinux',
    overcomeBy: A_KERNEL_RUNS,
  },
  'no-operating-system': {
    severity: 'fatal',
    signs: [
      /Missing operating system/i,
      /(?:BOOTMGR|NTLDR) is (?:missing|compressed)/,
      /^Invalid partition table/,
      /No (?:active|bootable|operating) (?:partition|system)s?(?: found|s? available)?[.!]?\s*$/i,
      /^No operating system (?:found|loaded|was loaded)/i,
    ],
    cause: 'the disk has a boot sector, but no partition with a boot loader in it',
    remedy: 'install a boot loader on the disk, or boot the medium that is to install one',
    source: 'syslinux mbr/mbr.S; Microsoft boot sectors',
    overcomeBy: A_KERNEL_RUNS,
  },
  'bsd-loader-failed': {
    severity: 'fatal',
    signs: [
      /can't (?:load|find) ['"]?(?:\/boot\/)?(?:kernel|netbsd|bsd)\b/i,
      /^ERROR: (?:cannot open )?\/boot\/lua\/\w+\.lua|^Startup error in \/boot\/|^Unable to load a kernel!/,
      /^(?:\w+boot: )?No \/boot\/(?:loader|kernel\/kernel)(?: on .{1,60})?\s*$/,
      /^Can't work out which disk we are booting from|^can't determine (?:root|boot) device/,
      /^(?:Not ufs|Invalid format|BTX halted)\s*$/i,
      /elf\d\d_(?:lookup_symbol: corrupt symbol table|loadimage: (?:could not|read|memsz))|elf\d\d_exec: |don't know how to (?:load module|boot) '/,
      /^panic: (?:free: guard\d|zfs_|No bootable partitions found|No usable ESP)|Failed to load '?\/boot\/loader\.efi/,
      /ZFS: (?:can't find (?:pool|root)|can't read MOS|unsupported feature|i\/o error - all block copies)/,
      /^\s*open (?:netbsd|bsd|hd\w+:\S*)\S*: (?:No such file or directory|Unknown error|Input\/output error|Device not configured)/i,
      /^boot: (?:netbsd|bsd|open \S+): /,
      /^ERR M\s*$|^No active partition\s*$/,
    ],
    cause: 'the BSD boot loader could not find or load its kernel',
    remedy:
      'name the disk and kernel at its prompt (boot hd0a:/netbsd, load /boot/kernel/kernel), and check the image',
    source: 'FreeBSD stand/; NetBSD sys/arch/i386/stand/boot; OpenBSD sys/stand/boot',
    explains: ['bsd-panic', 'guest-bootloader-failed'],
    overcomeBy: A_KERNEL_RUNS,
  },
});
