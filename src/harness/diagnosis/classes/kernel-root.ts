/** A Linux or BSD kernel that cannot go on: no root file system, no first process, the wrong machine. */
import { classesOf } from '../failure-class.ts';
import { INIT_RUNS } from './boot-went-on.ts';

/** Linux 2.4 says no more than "Kernel panic: ". */
const PANIC = 'Kernel panic(?: - not syncing)?: ?';
const CONSEQUENCES = ['init-killed', 'kernel-panic'];

export const KERNEL_ROOT = classesOf('kernel', {
  'no-root-device': {
    severity: 'fatal',
    signs: [
      new RegExp(`${PANIC}VFS: Unable to mount root fs on (?:unknown-block\\(0,\\d+\\)|"|\\()`),
      new RegExp(`${PANIC}VFS: Unable to (?:mount|find) root (?!fs on unknown-block\\([1-9])(?!fs via NFS)`),
      new RegExp(`${PANIC}VFS: ?Un\\w{4} to mount root fs on [0-9a-f]{2}:[0-9a-f]{2}`),
      {
        line: /VFS: Cannot open root device (?:"?[^\n]{0,200}unknown-block\(0,\d+\)|"[^"\n]{1,200}"\s*$|.{0,60}\b[0-9a-f]{2}:[0-9a-f]{2}\s*$)/,
        early: true,
      },
      { line: /Root device is? ?\(?not found|Waiting for root device .{0,80}timed out/i, early: true },
    ],
    cause: 'the kernel found no root file system: no disk, no driver for it, or a root= that names nothing',
    remedy: 'give it an initramfs or a disk, and a root= that names it',
    source: 'Linux init/do_mounts.c mount_block_root()',
    explains: CONSEQUENCES,
  },
  'rootfs-mount-failed': {
    severity: 'fatal',
    signs: [
      new RegExp(`${PANIC}VFS: Unable to mount root fs on unknown-block\\([1-9]`),
      /Mounting from \S{1,200} failed with error \d+/,
      /panic: (?:mountroot: unable to|(?:cannot|can't) mount root|rootvp|root filesystem)/,
      /cannot mount root, error ?= ?\d+/,
      /vfs_mountroot: can't open root device|no file system for \w+ \(dev 0x[0-9a-f]+\)/,
      { line: /^\s*mountroot> ?/, prompt: true },
      { line: /VFS: Cannot open root device .{0,200}unknown-block\([1-9]/, early: true },
    ],
    cause: 'the root device is there, but the kernel could not mount the file system on it',
    remedy:
      'check root= (vfs.root.mountfrom), the partition, and that the kernel has the driver of its file system',
    source:
      'Linux init/do_mounts.c; FreeBSD sys/kern/vfs_mountroot.c; https://github.com/machyve/xhyve/issues/34',
    explains: [...CONSEQUENCES, 'bsd-panic', 'bsd-root-asked'],
  },
  'nfs-root-failed': {
    severity: 'fatal',
    signs: [
      new RegExp(`${PANIC}VFS: Unable to mount root fs via NFS`),
      /VFS: Unable to mount root fs via NFS/,
      /Root-NFS: (?:No NFS server available|Server returned error|Unable to get)/,
    ],
    cause: 'the root file system was to come over NFS and did not',
    remedy: 'check nfsroot= and ip=, the export, and that the kernel has the driver of the network card',
    source: 'Linux fs/nfs/nfsroot.c',
    explains: [...CONSEQUENCES, 'no-root-device'],
  },
  'no-init': {
    severity: 'fatal',
    signs: [
      new RegExp(`${PANIC}(?:No (?:working )?init found|Requested init \\S)`),
      /^(?:init: not found in path |panic: no init|exec \/sbin\/init: error \d)/,
      { line: /^\s*init path \(default \S+\): ?$/, prompt: true },
      { line: /Failed to execute \/\S{1,80} \(error -\d+\)/, early: true },
      { line: /Starting init: \/\S{1,80} exists but couldn't execute it \(error -\d+\)/, early: true },
    ],
    cause: 'the root file system has no program that can be the first process',
    remedy:
      'check init= and that its interpreter and libraries are in the root file system, for this architecture',
    source: 'Linux init/main.c kernel_init()',
    explains: ['kernel-panic'],
    overcomeBy: INIT_RUNS,
  },
  'wrong-architecture': {
    severity: 'hard',
    signs: [
      /request_module: (?:runaway loop modprobe|kmod_concurrent_max .{0,80} for module|modprobe) binfmt-[0-9a-f]{4}/,
      /binfmt-[0-9a-f]{4}(?:, throttling| cannot be processed)/,
      /(?:init|systemd|bin\/sh|busybox)\S{0,20}: cannot execute binary file: Exec format error/,
      /exec user process caused.{0,20}: exec format error/,
    ],
    cause: 'the first program is built for another processor than the kernel',
    remedy: 'use a 64-bit kernel with a 64-bit root file system, or both of 32 bits',
    source: 'Linux kernel/kmod.c',
    explains: ['no-init', ...CONSEQUENCES],
  },
  'cpu-unsupported': {
    severity: 'fatal',
    signs: [
      /This kernel requires an? [\w-]{2,20} CPU, but only detected an? [\w-]{2,20} CPU/,
      /This kernel requires the following features not present on the CPU/,
      /Unable to boot - please use a kernel appropriate for your CPU/,
      /your CPU does not support long mode/i,
    ],
    cause: 'the kernel is built for a newer kind of processor than this machine has',
    remedy: 'choose a CPU model that has it (-cpu qemu64 for 64 bits), or the kernel for this one',
    source: 'Linux arch/x86/boot/cpu.c validate_cpu()',
    explains: CONSEQUENCES,
  },
  'decompression-failed': {
    severity: 'fatal',
    signs: [
      /^\s*(?:(?:XZ|LZMA|ZSTD)-compressed data is corrupt|uncompression error|incomplete (?:literal|distance) tree|Destination address (?:too large|inappropriately aligned)|Out of memory while allocating (?:output|z_stream|workspace))/,
      /^\s*(?:crc error|length error|invalid (?:compressed format|distance|literal|window|block).{0,40}|Input was not .{0,40}|Not a (?:gzip|XZ|LZMA|LZ4|bzip2) file|LZ4-?compressed data is corrupt|Decoding failed|decoder error).{0,10}-- System halted/,
      /^\s*-- System halted/,
    ],
    cause: 'the kernel could not unpack itself: its file is damaged, or there is too little memory',
    remedy: 'install the kernel again and compare its digest; give the machine more memory',
    source: 'Linux arch/x86/boot/compressed/misc.c error()',
  },
  'timer-not-working': {
    severity: 'fatal',
    signs: [/IO-APIC \+ timer doesn't work!/],
    cause: 'the timer interrupt does not arrive',
    remedy: 'boot with noapic or another machine type; some hosts open /dev/kvm and can not run it: use tcg',
    source: 'Linux arch/x86/kernel/apic/io_apic.c check_timer()',
    explains: CONSEQUENCES,
  },
  'no-memory-left': {
    severity: 'fatal',
    signs: [
      new RegExp(`${PANIC}(?:System is deadlocked on memory|Out of memory)`),
      // A control group alone can be out of memory, too.
      { line: /Out of memory and no killable processes/, early: true },
    ],
    cause: 'the kernel ran out of memory and had nothing to kill',
    remedy:
      'give the machine more memory; a guest: memory=, dom0: dom0_mem=; an initramfs is unpacked into memory too',
    source: 'Linux mm/oom_kill.c out_of_memory()',
    explains: CONSEQUENCES,
  },
  'memory-allocation-panic': {
    severity: 'fatal',
    signs: [
      new RegExp(
        `${PANIC}.{0,80}(?:[Ff]ailed to allocate|[Cc]an ?not allocate|can't allocate|allocation failed|Failed to get contiguous memory)`,
      ),
    ],
    cause: 'the kernel got too little memory to start at all',
    remedy: 'give the machine more memory; under Xen check dom0_mem= and swiotlb=',
    source: 'Linux mm/memblock.c, drivers/xen/swiotlb-xen.c',
    explains: CONSEQUENCES,
  },
  'hardware-error': {
    severity: 'soft',
    signs: [
      /\[Hardware Error\]: (?:CPU \d+: Machine Check: 0|Machine check events logged|Corrected error)|mce: .{0,40}Machine check events logged/,
      /EDAC \S+: .{0,80}(?:\b[CU]E\b|HANDLING MCE)|Machine Check Event: 0 Bank/,
    ],
    cause: 'the hardware reported an error that it could correct',
    remedy: 'look at the log of the host (mcelog, rasdaemon); when it comes again replace the memory',
    source: 'Linux arch/x86/kernel/cpu/mce/core.c, drivers/edac',
    explains: ['machine-check', 'memory-corruption'],
  },
  'machine-check': {
    severity: 'fatal',
    signs: [
      new RegExp(`${PANIC}(?:Fatal|Uncorrected|Timeout).{0,30}machine check`, 'i'),
      /\[Hardware Error\]: (?:CPU \d+: Machine Check Exception|PANIC|Some CPUs didn't answer)/i,
    ],
    cause: 'the processor reported a hardware error that can not be corrected',
    remedy: 'in a virtual machine look at the host (its mcelog); on hardware replace memory or processor',
    source: 'Linux arch/x86/kernel/cpu/mce/core.c',
    explains: CONSEQUENCES,
  },
  // A log has it where it ends at the boot loader's last words.
  'silent-start': {
    severity: 'soft',
    cause: 'the boot loader started the kernel, and nothing came after that: it hangs, or speaks elsewhere',
    remedy:
      'name this console in console= (the last one counts) and try earlycon or earlyprintk; without "quiet"',
    source: 'Linux Documentation/admin-guide/serial-console.rst; U-Boot arch/arm/lib/bootm.c',
  },
  'init-killed': {
    severity: 'fatal',
    signs: [
      new RegExp(`${PANIC}Attempted to kill (?:the )?(?:init|idle)`),
      /^panic: (?:Going nowhere without my init|init died)/,
    ],
    cause: 'the first process ended, which no kernel survives',
    remedy: 'read the lines before the panic: init, or a program that it became, failed',
    source: 'Linux kernel/exit.c do_exit()',
  },
});
