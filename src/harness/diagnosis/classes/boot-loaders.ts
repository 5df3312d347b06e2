/** Boot loaders other than GRUB. */
import { classesOf } from '../failure-class.ts';
import { A_KERNEL_RUNS } from './boot-went-on.ts';

export const BOOT_LOADERS = classesOf('bootloader', {
  'syslinux-kernel-not-found': {
    severity: 'fatal',
    signs: [/Could not find kernel image: \S+/, /^Loading \S{1,200}\.{3,} ?failed(?:: No such file|!|\.)/],
    cause: 'SYSLINUX can not find the kernel that its configuration names',
    remedy: 'correct KERNEL or LINUX in syslinux.cfg; paths are relative to that file',
    source: 'SYSLINUX core/fs/…, com32/elflink/ldlinux/execute.c',
    overcomeBy: A_KERNEL_RUNS,
  },
  'syslinux-broken': {
    severity: 'fatal',
    signs: [
      /Failed to load (?:COM32 file )?(?:ldlinux\.(?:c32|e32|e64)|libcom32\.c32|\S+\.c32)/,
      /No DEFAULT or UI configuration directive found/,
      /isolinux: (?:Image checksum error|Disk error|Loading spec packet failed|No boot info table)/i,
      /isolinux\.bin missing or corrupt/,
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
      /No (?:active|bootable|operating) (?:partition|system)(?: found|s? available)?[.!]?\s*$/i,
      /^No operating system (?:found|loaded)/i,
    ],
    cause: 'the disk has a boot sector, but no partition with a boot loader in it',
    remedy: 'install a boot loader on the disk, or boot the medium that is to install one',
    source: 'syslinux mbr/mbr.S; Microsoft boot sectors',
    overcomeBy: A_KERNEL_RUNS,
  },
  'systemd-boot-failed': {
    severity: 'fatal',
    signs: [
      /^(?:Error (?:opening|loading|starting|preparing) .{1,200}|Failed to (?:execute|open|start) .{0,40}\\.{1,200}): (?:Not found|Invalid parameter|Load error|Access denied|Unsupported|Out of resources|Security violation)/i,
      /No loader found\. Configuration files in \\?[/\\]?loader/,
    ],
    cause: 'systemd-boot could not start the kernel that its entry names',
    remedy: 'correct the paths in loader/entries/*.conf; they are relative to the EFI system partition',
    source: 'systemd src/boot/efi/boot.c',
    overcomeBy: A_KERNEL_RUNS,
  },
  'u-boot-image-rejected': {
    severity: 'fatal',
    signs: [
      /Wrong Image (?:Format|Type) for (?:bootm|bootz|booti) command/i,
      /Bad Linux (?:ARM|ARM64|RISCV|zImage) .{0,20}magic/i,
      /ERROR: can't get kernel image!/,
      /^(?:Bad Header|Bad Data) (?:Checksum|CRC)|Verifying Checksum \.\.\. Bad/i,
      /Could not find a valid device tree|Did not find a cmdline Flattened Device Tree|No valid (?:FDT|device tree) (?:binary )?found/i,
    ],
    cause: 'U-Boot loaded something, and it was no kernel or device tree that it can start',
    remedy:
      'check that the file was loaded whole and at a free address, and that the command fits its kind (bootm, bootz, booti)',
    source: 'U-Boot boot/bootm.c, cmd/booti.c',
    overcomeBy: A_KERNEL_RUNS,
  },
  'u-boot-no-boot-device': {
    severity: 'fatal',
    signs: [
      /\*\* (?:No partition table|Invalid partition \d+|Bad device specification|No boot file defined|Unable to read file)\b/,
      /^Card did not respond to voltage select/,
      /SCRIPT FAILED: continuing\.\.\./,
      /Retry time exceeded; starting again/,
    ],
    cause: 'U-Boot found no disk, partition or server to boot from',
    remedy: 'attach the disk that boot_targets names, or correct boot_targets; printenv shows it',
    source: 'U-Boot disk/part.c, include/config_distro_bootcmd.h',
    overcomeBy: A_KERNEL_RUNS,
  },
  'bsd-loader-failed': {
    severity: 'fatal',
    signs: [
      /can't (?:load|find) ['"]?(?:\/boot\/)?(?:kernel|netbsd|bsd)\b/i,
      /^ERROR: cannot open \/boot\/lua\/loader\.lua/,
      /^No \/boot\/(?:loader|kernel\/kernel)\s*$/,
      /^Can't work out which disk we are booting from/,
      /^(?:Not ufs|Invalid format|BTX halted)\s*$/i,
      /^\s*open (?:netbsd|bsd|hd\w+:\S*)\S*: (?:No such file or directory|Unknown error|Input\/output error|Device not configured)/i,
      /^boot: (?:netbsd|bsd|open \S+): /,
      /^ERR M\s*$|^No active partition\s*$/,
    ],
    cause: 'the BSD boot loader could not find or load its kernel',
    remedy:
      'name the disk and kernel at its prompt (boot hd0a:/netbsd, load /boot/kernel/kernel), and check the image',
    source: 'FreeBSD stand/; NetBSD sys/arch/i386/stand/boot; OpenBSD sys/stand/boot',
    overcomeBy: A_KERNEL_RUNS,
  },
});
