/** Building a guest: configuration, memory, kernel. xl and libxl, xm and xend, xe and xapi. */
import { classesOf } from '../failure-class.ts';

/** What xl says after every failure of its own. */
const AFTER = [
  'domain-create-failed',
  'device-model-failed',
  'console-unavailable',
  'missing-directory',
  'domain-not-found',
];

export const TOOLSTACK_BUILD = classesOf('toolstack', {
  'config-syntax': {
    severity: 'hard',
    signs: [
      /config parsing error (?:near|in)\b/,
      /(?:Failed to parse|error parsing) (?:config(?: file)?|configuration)\b/i,
      /(?:xl|libxlu?): .{0,100}(?:unknown value for|unrecognized disk|missing (?:target|vdev) )/i,
      /^Error: (?:Invalid configuration|invalid syntax|.{0,60}is not a valid (?:value|option))/,
    ],
    cause: "the guest's configuration has a syntax error",
    remedy: 'correct the line that it names; strings stand in quotes, lists in brackets (xl.cfg(5))',
    source: 'Xen tools/libs/util/libxlu_cfg.c, libxlu_disk_l.l',
    explains: AFTER,
  },
  'config-incomplete': {
    severity: 'hard',
    signs: [
      /(?:Domain name must be specified|No (?:image file|kernel) .{0,30}specified|No domain name specified)/,
      /invalid (?:or missing )?domain type|Invalid builder/i,
    ],
    cause: "the guest's configuration lacks something that every guest needs",
    remedy: 'give it name=, memory=, and kernel= or bootloader= or disk= (xl.cfg(5))',
    source: 'Xen tools/xl/xl_parse.c',
    explains: AFTER,
  },
  'config-file-not-found': {
    severity: 'hard',
    signs: [
      /Failed to (?:read|open) config file:? (?!\/etc\/xen\/xl\.conf)\S+/,
      /Error: Unable to open config file: \S+/,
      /(?:cannot|can't|unable to) (?:read|open|find) (?:domain config\b|config(?:uration)? file:? .{0,10}(?:\S*\/xen\/|\S+\.cfg))/i,
    ],
    cause: "the guest's configuration file is not there",
    remedy: 'check its path; xl looks in the current directory, xm also in /etc/xen',
    source: 'Xen tools/xl/xl_vmcontrol.c create_domain(), tools/python/xen/xm/create.py',
    explains: AFTER,
  },
  'duplicate-name': {
    severity: 'hard',
    signs: [
      /Domain with name "[^"\n]+" already exists/,
      /Error: (?:VM name|Domain) '[^'\n]+' already (?:exists|in use)/,
      /(?:domain|guest) '[^'\n]+' (?:already exists|is already (?:defined|running|active))/i,
      /\bname .{1,60} is already in use by domain/,
    ],
    cause: 'a guest of this name exists already, running or half dead',
    remedy: 'look at xl list; xl destroy the old one, or name this one otherwise',
    source: 'Xen tools/libs/light/libxl_create.c; FACTS measured with xl 4.17',
    explains: AFTER,
  },
  'hvm-not-supported': {
    severity: 'hard',
    signs: [
      /neither hap nor shadow paging available/,
      /HVM guest support is unavailable: is VT\/AMD-V supported/,
      /(?:VM_HVM_REQUIRED|HVM is required for this operation|HVM not supported|hvm (?:is )?not (?:supported|available))/i,
      /(?:hap|hardware assisted paging|HVM|PVH) .{0,40}(?:not (?:available|supported)|unavailable) .{0,40}(?:host|hardware|platform|hypervisor)/i,
      /(?:virt-?install|virsh|ERROR).{0,80}(?:Host does not support (?:virtualization type|domain type).{0,20}hvm|not support .{0,20}hvm)/i,
    ],
    cause: 'the guest needs hardware virtualisation, and Xen has none on this machine',
    remedy: 'make it a PV guest; or turn VT-x or AMD-V on; under emulation use -cpu qemu64,+svm,+npt',
    source: 'Xen tools/libs/light/libxl_create.c; measured with xl 4.17; xend tools/python/xen/xend',
    explains: AFTER,
  },
  'domain-memory-too-small': {
    severity: 'hard',
    signs: [
      /xc_dom_(?:chk_alloc_pages|alloc_segment|alloc_pad): (?:segment|.{0,40}(?:too large|too small|overlap))[^\n]{0,120}/,
      /segment (?:kernel|ramdisk|\w+) too large/,
      /xc_dom_alloc_(?:pad|segment): (?:.{0,60})(?:Out of memory|kernel too big|not enough)/i,
    ],
    cause: 'the guest has too little memory for its kernel and initramfs',
    remedy: "raise memory= in the guest's configuration",
    source: 'Xen tools/libs/guest/xg_dom_core.c xc_dom_chk_alloc_pages(); measured with xl 4.17',
    explains: ['domain-out-of-memory', ...AFTER],
  },
  'domain-out-of-memory': {
    severity: 'hard',
    signs: [
      /xc_dom_boot_mem_init: can't allocate low memory for domain/,
      /xc_dom_boot_mem_init(?:'?, '?|: | failed: )(?:.{0,40})(?:Cannot allocate memory|Device or resource busy|Out of memory)/,
      /failed to free memory for the domain/,
      /Error: I need \d+ KiB, but dom0_min_mem is \d+/,
      /HOST_NOT_ENOUGH_FREE_MEMORY|Not enough (?:free )?(?:host )?memory (?:is available|to start|on the host)/i,
      /(?:Could not|Failed to|Cannot) (?:allocate memory for HVM guest|populate physmap|claim pages)/i,
      /xc_domain_(?:claim_pages|populate_physmap\w*|setmaxmem|increase_reservation\w*)\b.{0,80}(?:fail|error|Cannot allocate|Out of memory)/i,
      /(?:4|12), '(?:Out of memory|Cannot allocate memory)'/,
      /(?:libxl|xc|xl): .{0,120}(?:Out of memory|Cannot allocate memory)\s*$/,
    ],
    cause: 'Xen has less free memory than the guest is to get',
    remedy:
      'lower memory= of the guest, or leave more beside dom0: dom0_mem=512M,max:512M on the Xen line; xl info shows free_memory',
    source: 'Xen tools/libs/guest/xg_dom_boot.c; https://github.com/QubesOS/qubes-issues/issues/9431',
    explains: AFTER,
  },
  'kernel-file-not-found': {
    severity: 'hard',
    signs: [
      /xc_dom_(?:kernel|ramdisk|module|devicetree)_file\b.{0,60}failed: No such file or directory/,
      /failed to open file '[^'\n]{1,400}': No such file or directory/,
      /(?:xc_dom_malloc_filemap|xc_dom_\w+): .{0,120}(?:failed \(on file|No such file)/,
      /(?:Kernel|Ramdisk) image does not exist: \S+/i,
      /(?:kernel|ramdisk|initrd|image) .{0,10}'?\/\S+'? (?:does not exist|not found|is missing)/i,
    ],
    cause: "the kernel or initramfs that the guest's configuration names is not in dom0",
    remedy: 'correct kernel= and ramdisk=; they are files of dom0, not of the guest (for those use pvgrub)',
    source: 'Xen tools/libs/guest/xg_dom_core.c xc_dom_malloc_filemap(); measured with xl 4.17',
    explains: ['domain-out-of-memory', 'invalid-kernel', ...AFTER],
  },
  'invalid-kernel': {
    severity: 'hard',
    signs: [
      /xc_dom_\w{1,60}:? [^\n]{1,160}: Invalid kernel/,
      /xc_dom_\w{1,60}:? .{0,40}unable to (?:\w+ )?decompress kernel/i,
      /: Invalid kernel\s*$/,
      /'Invalid kernel'/,
      /xc_dom_find_loader: no loader found/,
      /(?:libxl|xc): .{0,120}(?:Not a Xen-ELF image|not an ELF (?:binary|image)|no ELF notes|unsupported (?:ELF|kernel))/i,
      /xc_dom_(?:parse_image|parse_elf_kernel|parse_bzimage|kernel_check_size|do_gunzip|try_\w+decode)\b.{0,60}(?:fail|error|too large)/i,
    ],
    cause:
      'what the guest was given as its kernel is none that a PV guest can start: no Xen kernel, or a damaged file',
    remedy:
      'compare its digest; a PV guest needs CONFIG_XEN_PV (or a Xen-aware unikernel), else make it type="pvh" or "hvm"',
    source:
      'Xen tools/libs/guest/xg_dom_core.c, xg_dom_bzimageloader.c; https://github.com/GaloisInc/HaLVM/issues/60',
    explains: ['domain-out-of-memory', ...AFTER],
    overcomeBy: /loader probe OK/,
  },
  'guest-bootloader-failed': {
    severity: 'hard',
    signs: [
      /bootloader_finished: .{0,40}bootloader failed/,
      /libxl_bootloader\.c.{0,80}(?:failed|error|not found|No such)/i,
      /[Bb]oot ?loader (?:didn't|did not) return any data|fatal; loader returned error \d+/,
      /bootloader: .{0,60}(?:execvp|failed to exec)/,
    ],
    cause: "the program that reads the guest's kernel from its disk (pygrub, say) failed",
    remedy: 'read /var/log/xen/bootloader.N.log; run pygrub on the disk by hand, or use pvgrub',
    source: 'Xen tools/libs/light/libxl_bootloader.c',
    explains: AFTER,
  },
  'domain-create-failed': {
    severity: 'hard',
    signs: [
      /domain creation fail(?:ed|ure)?\b/i,
      /libxenlight failed to create new/,
      /domain id recently used|^Error starting domain: /,
      /cannot make domain: -\d+/,
      /cannot \(re-\)build domain: -\d+/,
      /(?:xl|xm|virsh|qvm-start|error|Error): .{0,60}(?:[Ff]ailed to (?:create|start) (?:domain|VM|guest|qube)|Domain creation failed|Start failed)/,
      /^Error: \((?:1|2|3|12|22|38), '[^'\n]+'/,
      /xenopsd internal error: |The bootloader returned an error|INTERNAL_ERROR\(.{0,40}xenopsd/,
      /virDomainCreate\w*\(\) failed|error: internal error: (?:qemu|QEMU|process|Process) (?:unexpectedly closed the monitor|exited)/,
    ],
    cause: 'Xen refused to make the guest',
    remedy: 'read the error before it; xl -vvv create and xl dmesg say which setting Xen does not take',
    source: 'Xen tools/libs/light/libxl_create.c; https://github.com/tklengyel/drakvuf/issues/293',
    explains: ['device-model-failed', 'console-unavailable', 'domain-not-found'],
  },
});
