/** U-Boot and what starts it. It tries one medium after the other: what fails on one may be found on the next. */
import { classesOf } from '../failure-class.ts';
import { A_KERNEL_RUNS } from './boot-went-on.ts';

/** Files that most boards do without. */
const SPARE = String.raw`(?!["']?\S*(?:uEnv|uboot|boot\.scr|boot\.ini|\.env|\.bmp|splash|logo|\.dtbo|overlay|Env\.txt|extlinux))`;

export const U_BOOT = classesOf('bootloader', {
  'u-boot-file-not-found': {
    severity: 'hard',
    signs: [
      new RegExp(
        `\\*{2,3} ?(?:File not found|Unable to read(?: file)?|Unable to open file|Can't read file|Error reading) ${SPARE}\\S`,
        'i',
      ),
      new RegExp(`^Failed to load '${SPARE}`),
      /^Skipping \S+ for failure retrieving (?:kernel|initrd|fdt)/,
      /^TFTP error: '(?:File not found|.{0,40}No such file).{0,40}/i,
    ],
    cause: 'U-Boot did not find a file that its boot script wants to load',
    remedy: 'check the name, the partition (ls mmc 0:1) and the file system of the boot medium',
    source: 'U-Boot fs/fs.c, boot/pxe_utils.c, net/tftp.c',
    explains: ['u-boot-image-rejected'],
    overcomeBy: A_KERNEL_RUNS,
  },
  'u-boot-unknown-filesystem': {
    severity: 'hard',
    signs: [
      /\*\* Unrecognized filesystem type \*\*/,
      /^(?:Failed to mount ext2 filesystem|\*\* Unable to use \w+ \d+:\d+ for (?:fat|ext)|.{0,40}bad superblock magic)/,
    ],
    cause: 'U-Boot can not read the file system of the partition that it is told to boot from',
    remedy:
      'check the number of the partition, and that U-Boot is built with its file system (ext4 with newer features is not)',
    source: 'U-Boot fs/fs.c, fs/ext4/ext4_common.c',
    explains: ['u-boot-file-not-found', 'u-boot-image-rejected'],
    overcomeBy: A_KERNEL_RUNS,
  },
  'u-boot-image-rejected': {
    severity: 'fatal',
    signs: [
      /Wrong (?:Ramdisk )?Image (?:Format|Type)(?: for \S+ command)?/i,
      /Bad Linux (?:ARM|ARM64|RISCV|zImage) .{0,20}magic/i,
      /Bad FIT (?:kernel|ramdisk|fdt|loadable) image format|Could not find (?:subimage|configuration) node/,
      /Ramdisk image is corrupt or invalid|ERROR: (?:can't get (?:kernel|ramdisk|fdt) image|image is not a fdt|Failed to allocate)/i,
      /^(?:Bad Header|Bad Data) (?:Checksum|CRC)|Verifying (?:Checksum|Hash Integrity) \.\.\. .{0,40}(?:Bad|error)/i,
      /Could not find a valid device tree|Did not find a cmdline Flattened Device Tree|No valid (?:FDT|device tree) (?:binary )?found|FDT and ATAGS support not compiled in|libfdt fdt_check_header\(\): FDT_ERR_BADMAGIC/i,
      /^Unknown image format!/i,
    ],
    cause: 'U-Boot loaded something, and it was no kernel or device tree that it can start',
    remedy:
      'check that the file was loaded whole and at a free address, and that the command fits its kind (bootm, bootz, booti)',
    source: 'U-Boot boot/bootm.c, cmd/booti.c',
    overcomeBy: A_KERNEL_RUNS,
  },
  'u-boot-no-boot-device': {
    severity: 'hard',
    signs: [
      /\*\* (?:No partition table|Invalid partition \d+|Bad device specification|No boot file defined)\b/,
      /Retry time exceeded; starting again/,
      { line: /^Card did not respond to voltage select|SCRIPT FAILED: continuing\.\.\./, early: true },
    ],
    cause: 'U-Boot found no disk, partition or server to boot from',
    remedy: 'attach the disk that boot_targets names, or correct boot_targets; printenv shows it',
    source: 'U-Boot disk/part.c, include/config_distro_bootcmd.h',
    overcomeBy: A_KERNEL_RUNS,
  },
  'u-boot-crashed': {
    severity: 'fatal',
    signs: [
      /"(?:Synchronous Abort|Error|Irq|Fiq)" handler, esr 0x/i,
      /### ERROR ### Please RESET the board ###/,
      /^(?:data abort|prefetch abort|undefined instruction)\s*$/,
      /initcall (?:sequence \S+ )?failed at call/,
    ],
    cause: 'U-Boot itself crashed: most often something was loaded over it, or over nothing',
    remedy: 'check the load addresses against the memory of the board (bdinfo), and try another version',
    source: 'U-Boot arch/arm/lib/interrupts_64.c, lib/initcall.c',
  },
  'spl-failed': {
    severity: 'fatal',
    signs: [
      /SPL: (?:failed to boot from all boot devices|Unsupported Boot Device)/i,
      /BL\d(?:-\d|\d)?: Failed to load (?:image|BL)|ERROR: {3}BL[123]\d?: /,
      /PANIC (?:in EL3|at PC ?:)/,
    ],
    cause: "the board's first boot stages could not load U-Boot",
    remedy: 'write the whole boot image again, at the offset that this board wants it',
    source: 'U-Boot common/spl/spl.c; Trusted Firmware-A bl2/bl2_main.c',
  },
});
