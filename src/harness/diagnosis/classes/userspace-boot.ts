/** From the first process of the real root file system to a running system. */
import { classesOf } from '../failure-class.ts';

export const USERSPACE_BOOT = classesOf('userspace', {
  'missing-library': {
    severity: 'hard',
    signs: [
      /^(?:.{0,80}[\s/\]])?(?:s?bin\/)?(?:init|systemd|sh|bash|busybox|mount|switch_root|agetty|login)\S{0,20}: error while loading shared libraries: /,
      /\/s?bin\/init: (?:relocation error|symbol lookup error|can't load library)/,
      { line: /error while loading shared libraries: \S+: cannot open shared object file/ },
      /ld-elf\.so\.1: Shared object "[^"\n]+" not found|^Error loading shared library \S+: /,
      /^Error relocating \/\S+: \S+: symbol not found/,
    ],
    cause: 'a program needs a shared library that is not in this file system',
    remedy:
      'install the package that has it, or copy it into the initramfs beside the program (ldd shows which)',
    source: 'glibc elf/dl-load.c',
    explains: ['init-killed', 'kernel-panic', 'no-init', 'unit-failed'],
  },
  'cpu-too-old': {
    severity: 'hard',
    signs: [
      /Fatal glibc error: (?:This )?CPU (?:does not|doesn't) support \S+/i,
      /\.so\S{0,20}: CPU ISA level is lower than required/,
    ],
    cause: 'the programs are built for a newer processor (x86-64-v2, say) than this machine has',
    remedy: 'choose a CPU model that has it: -cpu Nehalem or max for x86-64-v2, Haswell for v3',
    source: 'glibc sysdeps/x86/dl-get-cpu-features.c',
    explains: ['init-killed', 'kernel-panic'],
  },
  'kernel-too-old': {
    severity: 'hard',
    signs: [/^(?:.{0,80}: )?FATAL: kernel too old\b/],
    cause: 'the C library needs a newer kernel than the one that runs',
    remedy: 'boot the kernel that belongs to this root file system',
    source: 'glibc sysdeps/unix/sysv/linux/dl-sysdep.h',
    explains: ['init-killed', 'kernel-panic'],
  },
  'selinux-policy': {
    severity: 'fatal',
    signs: [
      /(?:Failed to|Unable to) load SELinux [Pp]olicy\b.{0,60}(?:[Ff]reezing|[Hh]alting|enforcing)/,
      /Failed to load SELinux policy/,
    ],
    cause: 'SELinux is enforcing and its policy could not be loaded',
    remedy: 'boot with enforcing=0 and restore the labels (touch /.autorelabel), or reinstall the policy',
    source: 'systemd src/core/selinux-setup.c',
    explains: ['systemd-frozen', 'init-killed', 'kernel-panic'],
  },
  'systemd-frozen': {
    severity: 'fatal',
    signs: [
      /systemd\[1\]: Caught <\w+>, (?:dumped core|core dump failed|from our own process|from unknown sender|from PID)/,
      /\[!!!!!!\] (?:Failed to|Caught)/,
      /systemd\[1\]: Failed to (?:mount (?:early )?API filesystems|allocate manager object|mount (?:cgroup|tmpfs) at \/sys\/fs\/cgroup)/,
      /systemd\[1\]: (?:Failed to load (?:default|rescue) target|Cannot be run in a chroot\(\) environment)/,
      /systemd\[1\]: Freezing execution/,
    ],
    cause: 'systemd, the first process, gave up and stands still',
    remedy:
      'read the line before it; often the kernel lacks an option that systemd needs (cgroups, tmpfs), or an upgrade was cut short',
    source: 'systemd src/core/main.c, crash-handler.c',
    explains: ['init-killed'],
  },
  'inittab-missing': {
    severity: 'hard',
    signs: [
      /INIT: No inittab file found/i,
      /INIT: cannot execute "?\/\S+/i,
      /^Enter runlevel: ?$/,
      /can't (?:run|open) '\/etc\/(?:init\.d\/rcS|inittab)': No such file/,
    ],
    cause: 'init has no configuration, or the start script that it names is missing',
    remedy: 'put /etc/inittab and its scripts there; check that root= is the right partition',
    source: 'sysvinit src/init.c; busybox init/init.c',
  },
  'fsck-failed': {
    severity: 'hard',
    signs: [
      /UNEXPECTED INCONSISTENCY; RUN fsck(?:_\w+)? MANUALLY|HAD AN UNEXPECTED INCONSISTENCY/i,
      /fsck(?:\.\w+)?(?: .{0,60})? (?:failed|exited|terminated) (?:with|by) (?:exit )?(?:status|error|exit|signal) ?(?:code )?(?:[4-9]|1\d|2\d|3\d|1\d\d)\b/i,
      /fsck failed\. Please repair manually|An error occurred during the (?:root )?file ?system check|Run fsck manually/i,
      /The superblock could not be read or does not describe a (?:valid|correct) ext/,
      /Automatic file ?system check failed(?:; help!)?|Filesystem couldn't be fixed|R\/W mount of \S+ denied\. Filesystem is not clean/i,
      /\[FAILED\] Failed to start File System Check on /,
      /Failed to start File System Check on /,
    ],
    cause: 'a file system has errors that could not be repaired without asking',
    remedy: 'run fsck by hand in the maintenance shell, or begin again from the pristine image',
    source: 'e2fsprogs e2fsck; systemd src/fsck',
    explains: [
      'emergency-mode',
      'local-filesystems-failed',
      'mount-failed',
      'initramfs-shell',
      'dracut-emergency-shell',
    ],
  },
  'device-timeout': {
    severity: 'soft',
    signs: [
      /Timed out waiting for device (?!.{0,40}(?:tty\w|hvc|tpm|dev-tpm))\S/i,
      {
        line: /(?<!tty\w{1,5}|hvc\d)\.device(?:: Job .{0,80}timed out|\/start (?:timed out|failed with result 'timeout'))/,
        early: true,
      },
    ],
    cause: 'a device that /etc/fstab or a unit names never appeared',
    remedy: 'correct the UUID or name in /etc/fstab, attach the disk, or mark it nofail',
    source: 'systemd src/core/device.c, job.c',
    explains: [
      'emergency-mode',
      'local-filesystems-failed',
      'mount-failed',
      'root-device-not-found',
      'dracut-emergency-shell',
    ],
  },
  'mount-failed': {
    severity: 'soft',
    signs: [
      /\[FAILED\] Failed to mount \/(?!sysroot)\S*/,
      /systemd\[1\]: Failed to mount \/(?!sysroot|sys\/|proc\/)\S*/,
      /Dependency failed for \/(?!sysroot)\S+/,
      /mount: (?:can't find (?:in \/etc\/fstab|\S+=\S+)|special device \S+ does not exist|\S+: special device \S+ does not exist)/,
    ],
    cause: 'a file system of /etc/fstab could not be mounted',
    remedy: 'check its line in /etc/fstab against blkid; mark it nofail where the boot can do without it',
    source: 'systemd src/core/mount.c; util-linux',
    explains: ['emergency-mode', 'local-filesystems-failed'],
  },
  'local-filesystems-failed': {
    severity: 'hard',
    signs: [
      /Dependency failed for .{0,24}Local File Systems/,
      /(?:Continue to wait,? or )?Press S to skip mounting or M for manual recovery/i,
    ],
    cause: 'not all file systems of /etc/fstab could be mounted, which ends a boot of systemd',
    remedy: 'read which device or mount failed before it; correct /etc/fstab, or mark it nofail',
    source: 'systemd man/bootup.xml',
    explains: ['emergency-mode'],
  },
  'emergency-mode': {
    severity: 'fatal',
    signs: [
      /You are in emergency mode/i,
      /Welcome to emergency mode/i,
      /Give root password for (?:maintenance|system maintenance)|Press Enter for (?:maintenance|system maintenance)/i,
      /Cannot open access to console, the root account is locked/,
      /Enter root password for system maintenance/i,
      { line: /Reached target .{0,24}Emergency Mode|Started .{0,24}Emergency Shell/ },
      /^.{0,60}(?:starting|entering|launching) (?:an )?emergency shell|ERROR: ABORTING BOOT/i,
      { line: /^Enter (?:full )?pathname of shell or RETURN for \S+: ?$/, prompt: true },
    ],
    cause: 'the system could not finish its boot and waits in emergency mode',
    remedy: 'read which unit failed before it (journalctl -xb there); most often a line of /etc/fstab',
    source: 'systemd units/emergency.service; sulogin',
  },
  'rescue-mode': {
    severity: 'soft',
    signs: [/You are in rescue mode/i, /Welcome to rescue mode/i],
    cause: 'the system was started in rescue mode',
    remedy: 'remove "single" or systemd.unit=rescue.target from the kernel line, if it was not meant',
    source: 'systemd units/rescue.service',
  },
  'switch-root-failed': {
    severity: 'fatal',
    signs: [
      /Failed to (?:start Switch Root|switch root)/i,
      /Specified switch root path .{1,100} does not seem to be an OS tree/,
    ],
    cause: 'the real root file system was mounted, and it is no system that can be started',
    remedy: 'check root= and the subvolume: the root directory must have /usr/lib/os-release and an init',
    source: 'systemd src/systemctl/systemctl-switch-root.c',
    explains: ['dracut-emergency-shell', 'emergency-mode'],
  },
  'no-login-prompt': {
    severity: 'soft',
    cause: 'the boot finished, but nothing offers a login on this console',
    remedy:
      'start a getty on it (systemctl enable serial-getty@ttyS0, or hvc0 for a Xen guest) and name it in console=',
    source: 'https://github.com/considerate/nixos-odroidhc4/issues/13; systemd src/getty-generator',
  },
});
