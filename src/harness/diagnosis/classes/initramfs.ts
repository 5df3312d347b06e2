/** From the kernel's first program to the real root file system: initramfs-tools, dracut, mkinitcpio, mkinitfs. */
import { classesOf } from '../failure-class.ts';
import { INIT_RUNS } from './boot-went-on.ts';

const SHELLS = ['initramfs-shell', 'dracut-emergency-shell', 'emergency-mode', 'init-killed', 'kernel-panic'];

export const INITRAMFS = classesOf('initramfs', {
  'initramfs-corrupt': {
    severity: 'hard',
    signs: [
      /Initramfs unpacking failed: /i,
      /RAMDISK: (?:incomplete write|Couldn't find valid RAM disk|.{0,40}(?:bad|invalid|error))/i,
      /rootfs image is not initramfs \(/,
    ],
    cause:
      'the kernel could not unpack its initramfs: it is damaged, cut off, or of a compression that the kernel lacks',
    remedy:
      'make it again (update-initramfs, dracut -f) and check that the boot loader loads all of it; give more memory',
    source: 'Linux init/initramfs.c, init/do_mounts_rd.c',
    explains: ['no-root-device', 'no-init', 'rootfs-mount-failed', ...SHELLS],
    overcomeBy: INIT_RUNS,
  },
  'luks-unlock-failed': {
    severity: 'hard',
    signs: [
      /No key available with this passphrase/,
      /cryptsetup: ERROR: \S+: (?:cryptsetup failed|maximum number of tries exceeded|unknown fstype)/,
      /Failed to activate with (?:specified|key) (?:passphrase|file)/,
      /systemd-cryptsetup\S*: (?:Too many attempts|Failed to activate)/,
    ],
    cause: 'the encrypted root disk was not unlocked',
    remedy: 'check the passphrase and its keyboard layout, and /etc/crypttab in the initramfs',
    source: 'cryptsetup debian/functions; systemd src/cryptsetup',
    explains: ['root-device-not-found', 'lvm-volume-missing', ...SHELLS],
    overcomeBy: INIT_RUNS,
  },
  'raid-not-assembled': {
    severity: 'hard',
    signs: [
      /mdadm: (?:failed to RUN_ARRAY|.{0,60}assembled from \d+ drives? .{0,20}not enough)/,
      /md\/raid\d*:\S+ .{0,20}(?:not enough operational (?:devices|mirrors)|cannot start dirty degraded array)/,
      /md: pers->run\(\) failed/,
    ],
    cause: 'the software RAID that holds the root file system could not be assembled',
    remedy: 'attach all its disks; mdadm --assemble --run starts it without some',
    source: 'Linux drivers/md; mdadm Assemble.c',
    explains: ['root-device-not-found', 'lvm-volume-missing', ...SHELLS],
    overcomeBy: INIT_RUNS,
  },
  'lvm-volume-missing': {
    severity: 'soft',
    signs: [
      /Volume group "?[\w.+-]+"? not found/,
      /Cannot process volume group \S+/,
      /Failed to find logical volume "?\S+/,
      /Couldn't find device with uuid /,
    ],
    cause: 'LVM does not see the volume group that holds the root file system',
    remedy:
      'attach its disk, unlock it where it is encrypted, and check that the initramfs has lvm2 and the driver',
    source: 'LVM2 lib/metadata, tools/toollib.c',
    explains: ['root-device-not-found', ...SHELLS],
    overcomeBy: INIT_RUNS,
  },
  'zfs-import-failed': {
    severity: 'hard',
    signs: [
      /cannot import '[^'\n]{1,100}': /,
      /Failed to import pool '[^'\n]{1,100}'/,
      /ZFS: i\/o error - all block copies unavailable/i,
      /No pool imported\. Manually import/,
    ],
    cause: 'the ZFS pool that holds the root file system could not be imported',
    remedy:
      'import it by hand (zpool import -f) when it was last used by another host, and attach all its disks',
    source: 'OpenZFS contrib/initramfs/scripts/zfs, cmd/zpool',
    explains: SHELLS,
    overcomeBy: INIT_RUNS,
  },
  'live-medium-not-found': {
    severity: 'fatal',
    signs: [
      /Unable to find a medium containing a live file ?system/i,
      /Can not mount \/dev\/loop\d+ \(\S*filesystem\.squashfs/,
      /(?:No|Could not find) .{0,20}(?:live medium|live media|live image|live CD|installation medi|installer medi|installation image|installation CD)/i,
      /Warning: \/dev\/(?:root|disk\/by-label\/\S+) does not exist.{0,10}$/i,
    ],
    cause: 'the live system or installer can not find the medium that it was booted from',
    remedy:
      'attach it by a bus that its kernel has a driver for (IDE or AHCI CD), or name it (inst.stage2=, live-media=)',
    source: 'live-boot components/9990-main.sh; casper scripts/casper',
    explains: SHELLS,
    overcomeBy: INIT_RUNS,
  },
  'network-root-failed': {
    severity: 'hard',
    signs: [
      /IP-Config: (?:No network devices available|Auto-configuration of network failed|.{0,60}giving up|Reopening network devices|Retrying forever)/,
      /ipconfig: (?:no devices to configure|.{0,40}giving up)/,
      /dracut.{0,40}(?:ifup|network) .{0,40}failed/i,
    ],
    cause: 'the root file system is on the network, and the network did not come up',
    remedy: 'check ip=, that the machine has a network card with a driver, and that DHCP answers',
    source: 'Linux net/ipv4/ipconfig.c; klibc ipconfig',
    explains: ['nfs-root-failed', 'no-root-device', 'rootfs-mount-failed', ...SHELLS],
    overcomeBy: INIT_RUNS,
  },
  'no-init': {
    severity: 'fatal',
    signs: [
      /Target filesystem doesn't have requested \/\S+/,
      /No init found\. Try passing init= bootarg/,
      /run-init: (?:can't execute '[^'\n]*'|[^:\n]{1,80}): No such file or directory/,
      /switch_root: (?:can't execute|failed to (?:execute|access|mount moving)|couldn't execute)/,
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
      /mount: \/(?:sysroot|root|new_root|newroot|mnt\/root|realroot)\b:? ?(?:not mounted|wrong fs type|can't|unknown filesystem|special device|mount\(2\)|.{0,20}(?:already mounted|write-protected|does not exist|failed))/,
      /Failed to mount \/?sysroot/,
      /mount: mounting \S{1,200} on \/(?:root|sysroot|new_root|newroot|mnt\/root|mnt)\b.{0,20} failed: /,
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
      /dracut(?:-\w+)?(?:\[\d+\])?:? ?(?:FATAL|Warning|Error)?:? ?(?:No or empty root= argument|Don't know how to handle 'root=|No root device)/i,
      /Dependency failed for .{0,10}(?:\/sysroot|Initrd Root (?:Device|File System))/,
      /(?:ERROR|error):? (?:Unable to find root device|device '.{1,120}' not found)/,
      /Could not find the root(?: block)? device in/i,
      /Unable to mount root device|is not a valid root device/i,
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
      /ALERT! .{1,200} does not exist\. ?Dropping to a shell/i,
      /ALERT! {1,2}.{1,200}does not exist/,
      /Dropping to (?:a |an? \w+ )?shell|dropped into an emergency shell|initramfs emergency recovery shell launched/i,
      { line: /^\s*\(initramfs\) ?/, prompt: true },
      { line: /^\s*\[rootfs [^\]\n]{0,20}\]# ?/, prompt: true },
      {
        line: /Gave up waiting for (?:root(?: file ?system)? device|suspend\/resume device\b.{0,40}root)/i,
        early: true,
      },
    ],
    cause: 'the initramfs waited in vain for the root device and fell into a shell',
    remedy:
      'compare root= with blkid in that shell; check that the disk is attached and that the initramfs has its driver',
    source: 'initramfs-tools scripts/local; https://github.com/unixabg/cryptmypi/issues/62',
    overcomeBy: INIT_RUNS,
  },
});
