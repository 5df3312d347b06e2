/** From the kernel's first program to the real root file system: initramfs-tools, dracut, mkinitcpio, mkinitfs, NixOS. */
import { classesOf } from '../failure-class.ts';
import { INIT_RUNS } from './boot-went-on.ts';

/** Where an initramfs ends that can not go on. */
export const SHELLS = [
  ...['initramfs-shell', 'dracut-emergency-shell', 'nixos-stage-failed', 'emergency-mode'],
  ...['init-killed', 'kernel-panic', 'device-timeout'],
];

export const INITRAMFS_ROOT = classesOf('initramfs', {
  'no-init': {
    severity: 'fatal',
    signs: [
      /Target filesystem doesn't have requested \/\S+/,
      /No init found\. Try passing init= bootarg/,
      /run-init: (?:can't execute '[^'\n]*'|[^:\n]{1,80}): No such file or directory/,
      /switch_root: (?:can't (?:execute|chdir)|failed to (?:execute|access|mount moving)|couldn't execute)/,
      /sta(?:ge|te) 2 init script \(.{1,300}\) not found/,
      /Cannot find init=\S|Can't find init|ERROR: .{0,40}Root device mounted successfully, but \S+ does not exist/,
    ],
    cause: 'the root file system was mounted, and it has no program that can be the first process',
    remedy: 'check root= (is it the right partition?), init=, and that /usr is mounted where init is there',
    source: 'initramfs-tools scripts/functions; util-linux sys-utils/switch_root.c; klibc run-init',
    explains: SHELLS,
    overcomeBy: INIT_RUNS,
  },
  'rootfs-mount-failed': {
    severity: 'fatal',
    signs: [
      /mount: \/(?:sysroot|root|new_root|newroot|mnt\/root|realroot)\b:? ?(?:not mounted|wrong fs type|no valid filesystem type|can't (?!find )|unknown filesystem|special device|mount\(2\)|.{0,20}(?:already mounted|write-protected|does not exist|failed))/,
      /Failed to mount \/?sysroot/,
      /mount: mounting \S{1,200} on \/(?:root|sysroot|new_root|newroot|mnt\/root|mnt-root|mnt)\b.{0,20} failed: /,
      /ERROR: Failed to mount '.{1,200}' on real root/i,
      /Failed to mount (?:the )?real root|Could not mount (?:the )?(?:specified )?(?:ROOT|root)\b/,
      /^\s*Mounting root: ?failed|Mounting root.{0,20}failed/,
      /mount: (?:unknown filesystem type '[^'\n]+'|\S{1,100}: unknown filesystem type|\S{1,80}: can't read superblock)/,
      { line: /mount: (?:\S{1,100}: )?wrong fs type, bad option, bad superblock on /, early: true },
    ],
    cause: 'the root device is there, but its file system could not be mounted',
    remedy:
      'check root=, rootfstype= and rootflags=, that the disk has a file system there, and that the initramfs has its module',
    source:
      'https://github.com/QubesOS/qubes-issues/issues/3911; dracut modules.d; busybox util-linux/mount.c',
    explains: [...SHELLS, 'no-init'],
    overcomeBy: INIT_RUNS,
  },
  'root-device-not-found': {
    severity: 'fatal',
    signs: [
      /Warning: (?:\/dev\/\S+|.{0,40}LVM.{0,60}) does not exist/,
      /(?:ERROR|error):? {1,3}device ?.{0,120}\bnot found\b(?:\.? Ski)?/,
      /Timed out waiting for device \S+, trying to mount anyway/,
      /mount ?: ?\/?(?:new_?root|sysroot|mnt-root|root)\S{0,20}: ?(?:can'?t find |.{0,40}Can't lookup blockdev)/,
      /dracut(?:-\w+)?(?:\[\d+\])?:? ?(?:FATAL|Warning|Error)?:? ?(?:No or empty root= argument|Don't know how to handle 'root=|No root device)/i,
      /Dependency failed for .{0,10}(?:\/sysroot|Initrd Root (?:Device|File System))/,
      /(?:could not|couldn'?t|cannot|can'?t|unable to) (?:find|locate) (?:the )?root ?\w{0,12}(?:fs| partition| device|device| file ?system)?\b.{0,40}\b(?:device|partition|file ?system|fs|in)\b/i,
      /Couldn'?t find (?:uuid|label|partuuid|root)\b ?=/i,
      /Unable to mount root device|is not a valid root device/i,
      /^Device {1,2}\S{0,100} ?doesn't exist or access denied/,
      {
        line: /Warning: (?:dracut-initqueue: (?:starting timeout scripts|timeout, still)|\S{0,40}hooks\/initqueue\/finished\/)/,
        early: true,
      },
      {
        line: /Warning: (?:dracut-initqueue(?:\[\d+\])?:? )?(?:dracut-initqueue )?timeout|Could not boot\.\s*$/,
        early: true,
      },
      {
        line: /Timed out waiting for device .{0,20}(?:\/dev\/mapper|\/dev\/disk|dev-(?:mapper|disk)).{0,120}(?:root|sysroot)/,
        early: true,
      },
    ],
    cause: 'the initramfs waited for the root device and it never appeared',
    remedy:
      'compare root= with blkid; check that the disk is attached and that the initramfs has its driver (xen-blkfront, virtio_blk)',
    source: 'dracut modules.d/99base, 98dracut-systemd; mkinitcpio init_functions; genkernel',
    explains: SHELLS,
    overcomeBy: INIT_RUNS,
  },
  'dracut-emergency-shell': {
    severity: 'fatal',
    signs: [
      { line: /^\s*dracut:\/\S*# ?/, prompt: true },
      /Generating "\/run\/initramfs\/rdsosreport\.txt"/,
      /Entering emergency mode\. Exit the shell to continue/,
      /dracut: Refusing to continue/,
    ],
    cause: "dracut's initramfs could not reach the root file system and waits in a shell",
    remedy: 'read the warnings before it, and /run/initramfs/rdsosreport.txt',
    source: 'dracut modules.d/98dracut-systemd/dracut-emergency.sh',
  },
  'initramfs-shell': {
    severity: 'fatal',
    signs: [
      /ALERT! .{1,200} does not exi\w{1,3}\b(?:\. {0,2}Dropping to a shell)?/i,
      /Dropping to (?:a |an? \w+ )?shell|(?:being )?dropped (?:in)?to (?:an? )?(?:\w+ )?shell|initramfs emergency recovery shell launched/i,
      { line: /^\s*\(initramfs\) ?/, prompt: true },
      { line: /^\s*\[rootfs [^\]\n]{0,20}\]# ?/, prompt: true },
      {
        line: /Gave up waiting f?o[rn] (?:root(?: file[- ]?system)? device|suspend\/resume device\b.{0,40}root)/i,
        early: true,
      },
    ],
    cause: 'the initramfs waited in vain for the root device and fell into a shell',
    remedy:
      'compare root= with blkid in that shell; check that the disk is attached and that the initramfs has its driver',
    source: 'initramfs-tools scripts/local; https://github.com/unixabg/cryptmypi/issues/62',
    overcomeBy: INIT_RUNS,
  },
  'nixos-stage-failed': {
    severity: 'fatal',
    signs: [/An error occurred in stage [12] of the boot process/],
    cause: 'NixOS could not mount the root file system, or found no system in it',
    remedy: 'read the lines before it: they name the device or the init; compare fileSystems."/" with blkid',
    source: 'nixpkgs nixos/modules/system/boot/stage-1-init.sh fail()',
    overcomeBy: INIT_RUNS,
  },
});
