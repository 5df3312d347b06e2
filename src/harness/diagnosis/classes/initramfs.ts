/** What the root file system lies on: the initramfs itself, encryption, RAID, LVM, ZFS, live media, the network. */
import { classesOf } from '../failure-class.ts';
import { INIT_RUNS } from './boot-went-on.ts';
import { SHELLS } from './initramfs-root.ts';

export const INITRAMFS = classesOf('initramfs', {
  'initramfs-corrupt': {
    severity: 'hard',
    signs: [
      /Initramfs unpacking failed: /i,
      /RAMDISK: (?:EOF while reading|incomplete write|Couldn't find valid RAM disk|.{0,40}(?:bad|invalid|error))/i,
      /rootfs image is not initramfs \(/,
      /(?:junk (?:with)?in compressed archive|broken padding|no cpio magic|bad (?:gzip|lzma) magic numbers)/,
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
      /cryptsetup failed, bad password or options|Device \S+ is not a valid LUKS device/,
      /Unit systemd-cryptsetup@\S+ not found|Timeout reached while waiting for askpass|No usable (?:token|keyslot) is available/,
    ],
    cause: 'the encrypted root disk was not unlocked',
    remedy: 'check the passphrase and its keyboard layout, and /etc/crypttab in the initramfs',
    source: 'cryptsetup debian/functions; systemd src/cryptsetup',
    explains: ['root-device-not-found', 'lvm-volume-missing', ...SHELLS],
    overcomeBy: INIT_RUNS,
  },
  'passphrase-awaited': {
    severity: 'info',
    signs: [
      {
        line: /(?:Please (?:unlock|enter passphrase for) disk \S.{0,200}|^\s*(?:Enter passphrase|Passphrase) for \S{1,200}): ?$/,
        prompt: true,
      },
    ],
    cause: 'the boot waits for the passphrase of an encrypted disk',
    remedy:
      'type it, or put a key file into the initramfs; nobody is asked on a console that is not the last console=',
    source: 'cryptsetup debian/functions; systemd src/cryptsetup',
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
      /(?:Volume group|\bVG) "?[\w.+-]+"? not found/,
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
      /Warning: \/dev\/root does not exist.{0,10}$/i,
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
});
