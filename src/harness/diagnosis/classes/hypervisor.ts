/** Xen itself, and dom0 as Xen sees it. Xen's last words stand under the heading "Panic on CPU". */
import { classesOf } from '../failure-class.ts';

const PANIC = /\(XEN\) Panic on CPU \d{1,4}:/;

function panic(line: RegExp) {
  return { line, after: PANIC };
}

export const HYPERVISOR = classesOf('hypervisor', {
  'no-dom0-kernel': {
    severity: 'fatal',
    signs: [
      /\(XEN\) .{0,20}dom0 kernel not specified/i,
      /No Dom0 kernel image specified/i,
      /\(XEN\) .{0,40}(?:Missing kernel boot module|No dom0 kernel module)/i,
    ],
    cause: 'the boot loader gave Xen no module to run as dom0',
    remedy: 'add a module2 line (GRUB) or an -initrd (QEMU) with the dom0 kernel first',
    source: 'Xen xen/arch/x86/setup.c __start_xen()',
    explains: ['xen-panic'],
  },
  'dom0-memory-too-small': {
    severity: 'fatal',
    signs: [
      /\(XEN\) .{0,20}Domain 0 allocation is too small/,
      /\(XEN\) .{0,20}Not enough (?:RAM|memory) for (?:domain ?0|dom0)/i,
      /\(XEN\) .{0,20}Not enough memory to stash the DOM0 kernel image/i,
      /\(XEN\) .{0,20}Unable to allocate (?:memory|.{0,20}pages) for (?:dom0|domain 0)/i,
    ],
    cause: 'dom0 gets too little memory for its kernel and initramfs',
    remedy: 'raise dom0_mem= on the Xen line, or the memory of the machine',
    source: 'Xen xen/arch/x86/pv/dom0_build.c, xen/arch/x86/dom0_build.c',
    explains: ['xen-panic', 'dom0-load-failed'],
  },
  'dom0-kernel-incompatible': {
    severity: 'fatal',
    signs: [
      /\(XEN\) .{0,20}Not a Xen-ELF image/i,
      /\(XEN\) .{0,30}(?:not an ELF binary|invalid ELF (?:image|header))/i,
      /\(XEN\) .{0,20}Kernel does not support Dom0 operation/i,
      /\(XEN\) .{0,20}(?:Mismatch between Xen and DOM0 kernel|Dom0 kernel is not .{0,30}(?:compatible|64-bit))/i,
      /\(XEN\) .{0,20}Will only load images built for the generic loader or Linux images/i,
      /\(XEN\) .{0,40}unsupported (?:ELF|xen) .{0,10}notes?/i,
      /\(XEN\) .{0,20}(?:Unable to|Failed to|Cannot) (?:decompress|parse|unpack) .{0,20}(?:dom0|kernel)/i,
    ],
    cause: 'the module that Xen was given as dom0 is no kernel that can run as one',
    remedy: 'put a kernel with CONFIG_XEN_DOM0 first (the cloud kernel has none), the initramfs after it',
    source: 'Xen xen/arch/x86/pv/dom0_build.c, xen/common/libelf/libelf-dominfo.c',
    explains: ['xen-panic', 'dom0-load-failed'],
  },
  'dom0-load-failed': {
    severity: 'fatal',
    signs: [
      /\(XEN\) .{0,20}Could not (?:set up|construct|create) (?:DOM0|domain 0|dom0)/i,
      /\(XEN\) .{0,20}(?:Error creating domain 0|Failed to construct dom0)/i,
    ],
    cause: 'Xen could not build dom0 from its kernel and initramfs',
    remedy: 'read the (XEN) lines before it; check the kernel, its initramfs and dom0_mem=',
    source: 'Xen xen/arch/x86/setup.c',
    explains: ['xen-panic'],
  },
  'iommu-unavailable': {
    severity: 'fatal',
    signs: [
      /\(XEN\) .{0,20}Couldn't enable .{1,40} and iommu=(?:required|force)/,
      /\(XEN\) .{0,20}(?:Presently, iommu must be enabled for (?:PVH hardware domain|pvh dom0)|IOMMU (?:is )?required)/i,
    ],
    cause: 'Xen was told that it must have an IOMMU, and this machine has none',
    remedy: 'remove iommu=required from the Xen line, or add an IOMMU to the machine (-device intel-iommu)',
    source: 'Xen xen/drivers/passthrough/iommu.c iommu_setup()',
    explains: ['xen-panic'],
  },
  'iommu-disabled': {
    severity: 'soft',
    signs: [
      /\(XEN\) (?:AMD-Vi: Error initialization|IVHD Error: |Failed to parse ACPI (?:DMAR|IVRS)|.{0,40}Disabling (?:VT-d|IOMMU))/,
    ],
    cause: 'Xen could not make use of the IOMMU of this machine, and goes on without it',
    remedy: 'update the firmware; without an IOMMU no PCI device can be given to a guest',
    source: 'Xen xen/drivers/passthrough/amd/iommu_acpi.c, vtd/dmar.c',
    explains: ['pci-not-assignable', 'iommu-unavailable'],
  },
  'timer-not-working': {
    severity: 'fatal',
    signs: [/\(XEN\) .{0,20}IO-APIC \+ timer doesn't work/],
    cause: "Xen's timer interrupt does not arrive",
    remedy: 'use another machine type or accelerator; emulated, "-machine q35" or "noapic" on the Xen line',
    source: 'Xen xen/arch/x86/io_apic.c check_timer()',
    explains: ['xen-panic'],
  },
  'cpu-unsupported': {
    severity: 'fatal',
    signs: [
      /ERR: Not a (?:64-bit CPU|Multiboot bootloader)!/,
      /\(XEN\) .{0,30}(?:CPU .{0,40}(?:not supported|lacks)|requires? (?:a )?(?:64-bit|x86_64|NX|CMPXCHG16B))/i,
    ],
    cause: 'this CPU or boot loader does not have what Xen needs',
    remedy: 'use a 64-bit CPU model (-cpu qemu64), and load Xen by multiboot2',
    source: 'Xen xen/arch/x86/boot/head.S',
    explains: ['xen-panic'],
  },
  'efi-loader-failed': {
    severity: 'fatal',
    signs: [
      /^Couldn't (?:find|open|obtain|access) .{0,60}(?:config(?:uration)? file|File System Protocol)/i,
      /^(?:Open|Seek|Read|Allocation) failed for \S.{0,120}: ErrCode: 0x/,
      /^No (?:configuration file|kernel image) (?:found|specified)/i,
      /^\S.{0,120}: ErrCode: 0x[0-9a-f]{16}/i,
    ],
    cause: 'xen.efi could not find its configuration or the files that it names',
    remedy:
      'put xen.cfg beside xen.efi on the EFI system partition, and the kernel and initramfs that it names',
    source: 'Xen xen/common/efi/boot.c',
  },
  'xen-watchdog': {
    severity: 'fatal',
    signs: [
      /\(XEN\) Watchdog timer (?:detects that CPU ?\d+ is stuck|fired)/i,
      /\(XEN\) .{0,40}NMI watchdog.{0,20}(?:expired|lockup)/i,
    ],
    cause: 'a CPU of the hypervisor made no progress for seconds',
    remedy:
      'on a busy or emulated host turn the watchdog off (watchdog=0 on the Xen line); else it is a bug of Xen',
    source: 'Xen xen/arch/x86/nmi.c nmi_watchdog_tick()',
    explains: ['xen-panic'],
  },
  'dom0-unhandled-fault': {
    severity: 'fatal',
    signs: [
      /\(XEN\) d0v\d{1,4} Unhandled(?: invalid opcode fault\/trap| page fault fault\/trap| general protection fault fault\/trap| \w+ fault\/trap)?:? ?(?:vec|\[#)/i,
      /\(XEN\) d0:v\d+: unhandled page fault/,
      /\(XEN\) Unhandled .{0,40}(?:in domain 0 on VCPU|\[#\d+[^\]]*\] in domain 0)/i,
    ],
    cause: 'dom0 took a fault that it has no handler for, before it could say anything',
    remedy: 'emulated CPUs with SMAP crash a PV dom0 so: use -cpu qemu64, or "max,-smap,-smep"',
    source: 'Xen xen/arch/x86/pv/traps.c; measured with -cpu max under QEMU 7.2',
    explains: ['dom0-crashed', 'xen-panic'],
  },
  'xen-panic': {
    severity: 'fatal',
    signs: [
      { line: /\(XEN\) Xen BUG at \S+:\d+/, early: true },
      { line: /\(XEN\) Assertion '.{1,300}' failed at/, early: true },
      { line: /\(XEN\) FATAL (?:PAGE FAULT|TRAP: (?:vector|vec) ?=? ?\d+)/, early: true },
      { line: /\(XEN\) \*\*\* DOUBLE FAULT \*\*\*/, early: true },
      panic(/\(XEN\) (?!\*{3}|-{3})\S/),
      { line: /\(XEN\) RIP: {4}e008:\[</, early: true },
      { line: /\(XEN\) (?:Manual reset required|Reboot in (?:five|\d+) seconds)/ },
    ],
    cause: 'the hypervisor itself crashed',
    remedy:
      'the line behind "Panic on CPU", or the function in RIP, names the reason; try another Xen, CPU model or Xen option',
    source:
      'Xen xen/drivers/char/console.c panic(), xen/arch/x86/traps.c; https://github.com/Dasharo/dasharo-issues/issues/488',
  },
  'dom0-crashed': {
    severity: 'fatal',
    signs: [
      /\(XEN\) (?:Hardware Dom0|Hardware domain|Domain 0) crashed: /i,
      /\(XEN\) Domain 0 \(vcpu#\d+\) crashed on cpu#\d+/,
      /\(XEN\) Dom0 crashed|'noreboot' set - not rebooting/i,
    ],
    cause: 'dom0 crashed and took the machine with it',
    remedy: "read dom0's own lines before this one; boot with noreboot to keep the state",
    source: 'Xen xen/common/shutdown.c hwdom_shutdown()',
  },
  'dom0-halted': {
    severity: 'info',
    signs: [/\(XEN\) (?:Hardware Dom0|Hardware domain|Domain 0) (?:halted|shutdown): /i],
    cause: 'dom0 was shut down, and Xen with it',
    remedy: 'nothing, if it was meant to be',
    source: 'Xen xen/common/shutdown.c hwdom_shutdown()',
  },
  'virtualisation-disabled': {
    severity: 'soft',
    signs: [
      /\(XEN\) (?:VMX|VT-x|SVM|AMD-V|HVM|CPU\d+): .{0,60}(?:disabled by (?:the )?BIOS|not (?:available|supported) .{0,30}(?:BIOS|CPU))/i,
      /\(XEN\) .{0,60}(?:HVM|HAP|PVH) requested but not available/,
    ],
    cause: 'this CPU has no hardware virtualisation that Xen could use, or the firmware has turned it off',
    remedy: 'turn VT-x or AMD-V on; under emulation use -cpu qemu64,+svm,+npt; or make the guest a PV guest',
    source: 'Xen xen/arch/x86/hvm/vmx/vmcs.c, xen/arch/x86/domain.c arch_sanitise_domain_config()',
    explains: ['hvm-not-supported', 'domain-create-failed'],
  },
});
