/** A Linux kernel's own mistakes, its watchdogs, its disks. */
import { classesOf } from '../failure-class.ts';

export const KERNEL_TROUBLE = classesOf('kernel', {
  'kernel-bug': {
    severity: 'hard',
    signs: [/kernel BUG at \S{1,200}:\d+[!.]?/],
    cause: 'the kernel found itself in a state that it takes to be impossible',
    remedy: 'try another version of the kernel; the call trace behind it says which part it was',
    source: 'Linux lib/bug.c report_bug(); https://github.com/QubesOS/qubes-issues/issues/9552',
    explains: ['kernel-oops', 'kernel-panic', 'init-killed', 'soft-lockup', 'rcu-stall', 'hung-task'],
  },
  'kernel-oops': {
    severity: 'hard',
    signs: [
      /BUG: unable to handle (?:kernel )?(?:NULL pointer dereference|paging request|page fault|\w)/,
      /BUG: kernel NULL pointer dereference/,
      /Unable to handle kernel (?:NULL pointer dereference|paging request|access|unaligned|execute|read|write|\w+ \w+) .{0,60}at (?:virtual )?address/i,
      /general protection fault(?:, .{1,120})?: [0-9a-f]{4} \[#\d+\]/,
      /\b(?:Oops|invalid opcode|stack segment|divide error|double fault|int3|bounds|coprocessor error|segment not present|invalid TSS)(?: -)?: (?:Fatal exception: )?[0-9a-f]{4,16}(?: \[#\d+\]|\b)/,
      /Internal error: (?:Oops|undefined instruction|synchronous external abort|Bad mode|SP\/PC).{0,60}\[#\d+\]/,
      /\bOops(?: - \w[\w ]{0,40})?: [0-9a-f]{1,16}(?: \[#\d+\])?|\bOops: (?:general protection fault|invalid opcode|\w+ \w+)/,
    ],
    cause: 'the kernel made an invalid access to memory, or executed what is no instruction',
    remedy: 'try another version of the kernel; the call trace behind it says which part it was',
    source: 'Linux arch/x86/mm/fault.c, arch/x86/kernel/dumpstack.c',
    explains: ['kernel-panic', 'init-killed', 'soft-lockup', 'rcu-stall', 'hung-task'],
  },
  'stack-corrupted': {
    severity: 'fatal',
    signs: [
      /stack-protector: Kernel stack is corrupted in/,
      /Kernel stack overflow|kernel stack overflow/,
      /corrupted stack end detected inside scheduler/,
    ],
    cause: 'the kernel overran its stack',
    remedy: 'try another version of the kernel or of the driver that the call trace names',
    source: 'Linux kernel/panic.c __stack_chk_fail()',
    explains: ['kernel-panic'],
  },
  'memory-corruption': {
    severity: 'hard',
    signs: [
      /BUG: KASAN: /,
      /BUG: Bad (?:page (?:state|map|cache)|rss-counter state)/,
      /list_(?:add|del) corruption/,
      /BUG: (?:corrupted list|Bad page)/,
    ],
    cause: "the kernel's memory was overwritten by a driver, or by broken hardware",
    remedy: 'try another version of the kernel; test the memory of the host',
    source: 'Linux mm/page_alloc.c, mm/kasan/report.c, lib/list_debug.c',
    explains: ['kernel-oops', 'kernel-panic'],
  },
  'atomic-context': {
    severity: 'soft',
    signs: [
      /BUG: (?:scheduling while atomic|sleeping function called from invalid context|using smp_processor_id\(\) in preemptible)/,
    ],
    cause: 'a driver slept where it must not',
    remedy: 'try another version of the kernel; often the machine goes on all the same',
    source: 'Linux kernel/sched/core.c',
  },
  'hard-lockup': {
    severity: 'hard',
    signs: [
      /(?:Watchdog detected hard LOCKUP on cpu|NMI watchdog: .{0,40}hard LOCKUP|CPU\d+: Watchdog detected hard LOCKUP)/i,
    ],
    cause: 'a CPU stood still with its interrupts off',
    remedy:
      'a busy host can do it to a virtual machine: look at its load; else try another version of the kernel',
    source: 'Linux kernel/watchdog_hld.c',
    explains: ['kernel-panic', 'soft-lockup', 'rcu-stall'],
  },
  'soft-lockup': {
    severity: 'hard',
    signs: [
      /(?:BUG: )?soft lockup - CPU#?\d+ stuck for \d+s!/i,
      /BUG: workqueue lockup - pool/,
      /BUG: spinlock (?:lockup|recursion)/,
    ],
    cause: 'a CPU did not schedule for many seconds: a loop in the kernel, or a host that gave it no time',
    remedy:
      'look at the load of the host first (an overcommitted or emulated machine); then at the call trace',
    source: 'Linux kernel/watchdog.c watchdog_timer_fn(); https://github.com/harvester/harvester/issues/564',
    explains: ['rcu-stall', 'hung-task', 'kernel-panic'],
  },
  'rcu-stall': {
    severity: 'hard',
    signs: [
      /(?:rcu_(?:sched|preempt|bh|tasks)\w*|RCU) .{0,30}detected (?:expedited )?stalls? on/i,
      /rcu_\w{1,20} self-detected stall on CPU|self-detected stall on CPU/,
      /rcu_\w+ kthread (?:starved|timer wakeup didn't happen) for/,
    ],
    cause:
      'a CPU did not pass through the scheduler for long: a loop in the kernel, or a host that gave it no time',
    remedy:
      'look at the load of the host first (an overcommitted or emulated machine); then at the call trace',
    source: 'Linux kernel/rcu/tree_stall.h',
    explains: ['hung-task', 'kernel-panic'],
  },
  'hung-task': {
    severity: 'hard',
    signs: [/INFO: task .{1,80} blocked for more than \d+ seconds/, /hung_task: blocked tasks/],
    cause: 'a process waits for a disk or a lock and does not get on for minutes',
    remedy:
      'look at what it waits for in the call trace: most often a disk or a network share that does not answer',
    source: 'Linux kernel/hung_task.c',
    explains: ['kernel-panic'],
  },
  'oom-killer': {
    severity: 'hard',
    signs: [
      /(?:^|[^p]) ?Out of memory: Kill(?:ed)? process \d+/,
      /\w invoked oom-killer: /,
      { line: /(?:Memory cgroup o|\bo)ut of memory: Kill(?:ed)? process \d+/i },
    ],
    cause: 'memory ran out and the kernel killed a process to get some back',
    remedy: 'give the machine more memory (memory=, dom0_mem=), or start less in it',
    source: 'Linux mm/oom_kill.c',
    explains: ['init-killed', 'kernel-panic', 'unit-failed'],
  },
  'filesystem-corrupt': {
    severity: 'hard',
    signs: [
      /EXT[234]-fs error \(device \S+\)/,
      /EXT[234]-fs \(\S+\): (?:unable to read superblock|group descriptors corrupted|bad geometry|.{0,40}(?:journal has aborted|error loading journal|no journal found))/,
      /JBD2: (?:.{0,60}IO error|Error -\d+ detected|.{0,40}recovery failed)|Aborting journal on device/,
      /XFS \(\S+\): (?:.{0,60}Corruption (?:detected|warning|of)|metadata I\/O error|Invalid superblock|log mount\/recovery failed|SB validate failed)/i,
      /BTRFS(?:: error| error| critical) \(device \S+\).{0,20}(?:open_ctree failed|parent transid verify failed|corrupt|IO failure|failed to read)/,
      /SQUASHFS error: /,
      /Remounting filesystem read-only/,
    ],
    cause: 'the file system on a disk is damaged, or the image is cut short',
    remedy: 'run fsck on it, or begin again from the pristine image; check the image with qemu-img check',
    source: 'Linux fs/ext4/super.c, fs/xfs, fs/btrfs, fs/squashfs',
    explains: [
      'rootfs-mount-failed',
      'no-root-device',
      'emergency-mode',
      'fsck-failed',
      'init-killed',
      'kernel-panic',
      'mount-failed',
    ],
  },
  'disk-io-error': {
    severity: 'hard',
    signs: [
      /I\/O error, dev (?!fd\d|sr\d|loop\d)\w+, sector \d+/,
      /Buffer I\/O error on (?:dev(?:ice)? )(?!fd\d|sr\d)\S+,? logical block/,
      /\b(?:ata\d+(?:\.\d+)?: .{0,60}(?:failed command|COMRESET failed|disabled)|nvme\S* .{0,60}(?:timeout, (?:aborting|disable)|Removing after probe failure))/i,
    ],
    cause: 'a disk did not read or write what the kernel asked for',
    remedy:
      'look at the backend: the image is cut short, the host disk is full, or the driver domain is gone',
    source: 'Linux block/blk-core.c, fs/buffer.c',
    explains: [
      'filesystem-corrupt',
      'rootfs-mount-failed',
      'no-root-device',
      'emergency-mode',
      'hung-task',
      'init-killed',
      'read-only-filesystem',
    ],
  },
  'module-not-loadable': {
    severity: 'soft',
    signs: [
      /modprobe: (?:FATAL|ERROR): Module \S+ not found in directory/i,
      /modprobe: (?:can't change directory to|module \S+ not found)/,
      /: (?:disagrees about version of symbol|Unknown symbol \S+ \(err)/,
      /: version magic '[^'\n]+' should be '/,
      /(?:Loading of unsigned module is rejected|Key was rejected by service)/,
    ],
    cause: 'a driver module is missing, or does not fit the running kernel',
    remedy:
      'install the modules of this kernel version, and make the initramfs again with the drivers of the disks',
    source: 'kmod tools/modprobe.c; Linux kernel/module',
    explains: [
      'no-root-device',
      'initramfs-shell',
      'root-device-not-found',
      'dracut-emergency-shell',
      'rootfs-mount-failed',
    ],
  },
  'no-initial-console': {
    severity: 'soft',
    signs: [/unable to open an initial console/],
    cause: 'the root file system has no /dev/console, so the first process speaks and hears nothing',
    remedy: 'make the node /dev/console in the initramfs, or build the kernel with CONFIG_DEVTMPFS_MOUNT',
    source: 'Linux init/main.c console_on_rootfs()',
    explains: ['init-killed'],
  },
  'kernel-panic': {
    severity: 'fatal',
    signs: [/Kernel panic - not syncing/, /^.{0,60}Kernel panic: /, /end Kernel panic - not syncing/],
    cause: 'the kernel panicked',
    remedy: 'the text behind "not syncing" and the call trace before it name the reason',
    source: 'Linux kernel/panic.c panic()',
  },
});
