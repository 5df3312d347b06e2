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
  | 'multi-user'
  | 'login-prompt';

export const LANDMARKS: readonly { readonly landmark: Landmark; readonly line: RegExp }[] = [
  // Linux init/version.c: the first line of every kernel.
  { landmark: 'kernel-starts', line: /Linux version \d+\.\d+/ },
  // Disks of Xen's own kind, Xen as the firmware's maker, a guest's lines on Xen's console: only a guest has them.
  { landmark: 'guest-kernel', line: /blkfront: xvd|DMI: Xen HVM domU|vbd-\d+: / },
  { landmark: 'guest-kernel', line: /^\((?:d1\)|d2\)|d3\)|d4\)|d5\)|d6\)|d7\)|d8\)|d9\)) / },
  // Together they do as well: a kernel on Xen, and a root disk of Xen's kind.
  {
    landmark: 'xen-kernel',
    line: /Booting (?:paravirtualized )?kernel .{0,24}on Xen|Hypervisor detected: Xen/,
  },
  { landmark: 'xvd-root', line: /root=\/dev\/xvd/ },
  // A dom0 says its own number, and Xen's console belongs to it.
  {
    landmark: 'host-kernel',
    line: /Hypervisor: dom0|xen: dom0|xen:manage: .*dom0|\(XEN\) .*Dom0 has maximum/,
  },
  {
    landmark: 'multi-user',
    line: /Reached target .{0,24}(?:Multi-User System|Login Prompts|Graphical Interface)/,
  },
  { landmark: 'login-prompt', line: /\S login:|automatic login|Last login: |~\]# |:~# |:~\$ / },
];
