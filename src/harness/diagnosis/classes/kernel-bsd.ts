/** The panics of the BSDs. */
import { classesOf } from '../failure-class.ts';

export const KERNEL_BSD = classesOf('kernel', {
  'bsd-trap': {
    severity: 'fatal',
    signs: [
      /Fatal (?:double fault|trap \d+: .{1,80} while in (?:kernel|vm86|user) mode)/,
      /fatal (?:page fault|privileged instruction fault|protection fault|integer divide fault|breakpoint trap|\w+ fault) in supervisor mode/,
      /uvm_fault\(0x[0-9a-f]+, 0x[0-9a-f]+, \d+(?:, \d+)?\) -> /,
      /^kernel: (?:page fault|protection fault|type \d+) trap, code=/,
      { line: /^kernel trap \d+ with interrupts disabled/, early: true },
    ],
    cause: 'a BSD kernel made an invalid access to memory',
    remedy:
      'try another version of the kernel, or another CPU model and machine type; bt in its debugger shows where',
    source: 'FreeBSD sys/amd64/amd64/trap.c; NetBSD sys/arch/amd64/amd64/trap.c; OpenBSD sys/uvm',
    explains: ['bsd-panic', 'bsd-debugger'],
  },
  'bsd-panic': {
    severity: 'fatal',
    signs: [
      /^(?:\(d\d+\) )?(?:\[ *[\d.]+\] )?(?:cpu\d+: )?panic: (?!runtime error|interface conversion|assignment to entry|close of|send on closed|sync:|http:|reflect|goroutine|open \/|listen |dial |main\.|\w+\.\w+\()\S/,
      /^panic\[cpu\d+\]\S{0,40}[:/ ]/,
    ],
    cause: 'a BSD or Solaris kernel panicked',
    remedy: 'the text behind "panic:" names the reason; its debugger shows where (bt, or trace)',
    source: 'FreeBSD sys/kern/kern_shutdown.c; NetBSD sys/kern/subr_prf.c; OpenBSD sys/kern/subr_prf.c',
    explains: ['bsd-debugger'],
  },
  'bsd-root-asked': {
    severity: 'fatal',
    signs: [{ line: /^\s*(?:\[ *[\d.]+\] )?root device(?: \(default \S+\))?: ?$/, prompt: true }],
    cause: 'a BSD kernel found no root file system, or was booted with -a, and asks for its device',
    remedy:
      'give the guest a disk (xbd0 is its first) and name it: root=xbd0a in extra for NetBSD; or answer, with guest.bsdPrompt()',
    source: 'NetBSD sys/kern/kern_subr.c setroot(); OpenBSD sys/kern/subr_disk.c setroot()',
  },
  'bsd-debugger': {
    severity: 'fatal',
    signs: [
      { line: /^(?:ddb> |ddb\{\d+\}> ?|db\{\d+\}> ?)/, prompt: true },
      /^Stopped (?:at|in pid \S{1,20} \([^)\n]{1,40}\) at) {2,}(?:\S+:\s|(?:\S+\+)?(?:0x)?[0-9a-f]+\s*$)/,
      /^KDB: enter: panic/,
      { line: /^db> ?$/, prompt: true },
    ],
    cause: 'a BSD kernel stopped and waits in its debugger',
    remedy: 'type bt (FreeBSD) or trace (OpenBSD, NetBSD) there; the lines before it name the reason',
    source: 'FreeBSD sys/ddb; OpenBSD sys/ddb',
  },
});
