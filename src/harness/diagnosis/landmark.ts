/**
 * Lines that are no failures but say where in a boot a log is: which kernel speaks, whether it is a guest's, whether
 * anybody can log in.
 */

export type Landmark =
  | 'kernel-starts'
  | 'guest-kernel'
  | 'host-kernel'
  | 'xen-kernel'
  | 'xvd-root'
  | 'kernel-entered'
  | 'multi-user'
  | 'login-prompt';

export interface LandmarkSign {
  readonly landmark: Landmark;
  readonly line: RegExp;
  /** In the same boot it says nothing new when it comes again. */
  readonly once?: true;
  /** It says something only behind this one. */
  readonly behind?: Landmark;
}

export const LANDMARKS: readonly LandmarkSign[] = [
  // Linux init/version.c: the first line of every kernel.
  { landmark: 'kernel-starts', line: /Linux version \d+\.\d+/ },
  // Disks of Xen's own kind, Xen as the firmware's maker, a guest's lines on Xen's console: only a guest has them.
  { landmark: 'guest-kernel', once: true, line: /blkfront: xvd|DMI: Xen HVM domU|vbd-\d+: / },
  { landmark: 'guest-kernel', once: true, line: /^\((?:d1\)|d2\)|d3\)|d4\)|d5\)|d6\)|d7\)|d8\)|d9\)) / },
  // Together they do as well: a kernel on Xen, and a root disk of Xen's kind.
  {
    landmark: 'xen-kernel',
    once: true,
    line: /Booting (?:paravirtualized )?kernel .{0,24}on Xen|Hypervisor detected: Xen/,
  },
  { landmark: 'xvd-root', once: true, line: /root=\/dev\/xvd/ },
  // A dom0 says its own number, and Xen's console belongs to it.
  {
    landmark: 'host-kernel',
    once: true,
    line: /Hypervisor: dom0|xen: dom0|xen:manage: .*dom0|\(XEN\) .*Dom0 has maximum/,
  },
  // A boot loader's last words; the kernel's own come next.
  {
    landmark: 'kernel-entered',
    line: /^\s*(?:Starting kernel \.\.\.|Loading initial ramdisk \.{2,}|.{0,40}[Bb]ooting the kernel\.?\s*$|Jumping to kernel)/,
  },
  {
    landmark: 'multi-user',
    line: /Reached target .{0,24}(?:Multi-User System|Login Prompts|Graphical Interface)/,
  },
  {
    landmark: 'login-prompt',
    behind: 'multi-user',
    line: /\S login:|automatic login|Last login: |~\]# |:~# |:~\$ /,
  },
];
