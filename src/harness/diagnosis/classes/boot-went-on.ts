/** Lines by which a boot shows that it got past firmware, boot loader or initramfs after all. */

/** A kernel runs: Linux, Xen or a BSD. */
export const A_KERNEL_RUNS =
  /Linux version \d+\.\d+|\(XEN\) Xen version|Xen version \d+\.\d+[\w.-]* \(|Decompressing Linux|Booting Linux on physical CPU|Starting kernel \.\.\.|Copyright \(c\) .{0,40}(?:FreeBSD Project|NetBSD Foundation)|OpenBSD \d+\.\d+ \(/;

/** Something that boots was found. */
export const A_LOADER_RUNS =
  /Linux version \d+\.\d+|GNU GRUB {2}version|GRUB loading|Welcome to GRUB|ISOLINUX \d|SYSLINUX \d|\(XEN\) Xen version|iPXE initialising devices\.\.\.ok|Decompressing Linux|FreeBSD\/\S+ bootstrap loader|NetBSD\/\S+ BIOS Boot|U-Boot \d{4}\.\d\d/;

/** The UEFI firmware went on to another boot option, which is more than a shell or a menu. */
export const A_BOOT_OPTION_STARTS = new RegExp(
  `BdsDxe: starting Boot[0-9A-F]{4} "(?!.{0,40}(?:Shell|UiApp|Menu|Setup))|${A_LOADER_RUNS.source}`,
);

/** The root file system is mounted and its first process runs. */
export const INIT_RUNS =
  /Run \/(?:s?bin|usr\/lib\/systemd)\/\S{1,40} as init process|systemd \d+.{0,80} running in system mode|INIT: version \d|OpenRC \d|Reached target .{0,24}(?:Switch Root|Multi-User System|Local File Systems)|Welcome to (?!emergency|rescue|the )\S.{0,80}!/;
