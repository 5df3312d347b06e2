/** What only a Xen guest can suffer; what it shares with every other machine is derived from the other stages. */
import { classesOf } from '../failure-class.ts';
import { A_KERNEL_RUNS, A_LOADER_RUNS, INIT_RUNS } from './boot-went-on.ts';

/** What an HVM guest's firmware prints, on Xen's console behind a mark: more exact than the machine's own firmware. */
export const GUEST_FIRMWARE = classesOf('guest-bootloader', {
  'bios-found-nothing': {
    severity: 'fatal',
    signs: [
      /^(?:\(d\d+\)|\(XEN\) HVM\d+:) No bootable device\b/i,
      {
        line: /^(?:\(d\d+\)|\(XEN\) HVM\d+:) Boot failed: (?:not a bootable disk|could not read )/i,
        early: true,
      },
    ],
    cause: 'the BIOS of an HVM guest found nothing that it could boot',
    remedy:
      'give it a disk with a boot loader in front (disk=, as hda or xvda), check boot=, or have its kernel started directly (kernel=)',
    source: "SeaBIOS src/boot.c boot_fail(), on Xen's console with guest_loglvl=all; measured with Xen 4.17",
    overcomeBy: A_LOADER_RUNS,
  },
});

export const GUEST = [
  ...classesOf('guest-bootloader', {
    'pygrub-no-kernel': {
      severity: 'fatal',
      signs: [
        /Unable to find partition containing kernel/,
        /pygrub.{0,200}(?:RuntimeError|IOError|OSError|Unable to (?:open|find)|couldn't find (?:a )?(?:menu|config))/,
        /RuntimeError: (?:Unable to (?:find|open|boot)|couldn't find)/,
        /^Error opening \/\S+ in guest|Couldn't find kernel \S+ in (?:the )?guest/,
      ],
      cause: "pygrub found no boot loader configuration or kernel on the guest's disk",
      remedy:
        'check that the first disk is the one with /boot and that its file system is one that pygrub reads; or use pvgrub',
      source: 'Xen tools/pygrub/src/pygrub',
      explains: ['guest-bootloader-failed', 'domain-create-failed'],
    },
    'pvgrub-no-config': {
      severity: 'fatal',
      signs: [/error: (?:\S{1,80}:)?no such device: \/grub\/grub\.cfg\b/],
      cause: "pvgrub found no grub.cfg on the guest's disks: neither in /boot/grub nor in /grub",
      remedy:
        "check that the first disk is the guest's own (disk=), that it has a /boot/grub/grub.cfg, and that GRUB reads its file system",
      source: "Debian grub-xen-host's built-in configuration; measured with 2.06-13",
      explains: ['grub-shell', 'grub-rescue-shell'],
      overcomeBy: A_KERNEL_RUNS,
    },
    'mini-os-crashed': {
      severity: 'fatal',
      signs: [
        /Page fault at linear address 0x[0-9a-f]+, rip/i,
        /(?:do_exit called!|Mini-OS: .{0,40}(?:panic|crash)|Failed to (?:find|map) .{0,40}mini-?os)/i,
        /GPF rip: 0x[0-9a-f]+, error_code/,
        /^(?:Exit called with|Mirage exiting with status) [1-9]|\bSolo5: (?:ABORT|PANIC)/i,
      ],
      cause: 'a guest that is built on Mini-OS (pv-grub, a stub domain, a unikernel) crashed',
      remedy: 'give it more memory; build it for this version of Xen',
      source: 'Mini-OS arch/x86/traps.c',
    },
  }),
  ...classesOf('guest-kernel', {
    'backend-timeout': {
      severity: 'hard',
      signs: [
        /xenbus_probe_frontend: Timeout connecting to device: /,
        /XENBUS: (?:Timeout connecting to devices|Device with no driver: device\/vbd)/,
        /(?:vbd|vif)[- ]\S{0,12}: .{0,60}(?:xenbus_dev_probe|failed to (?:connect|write))|(?:vbd-|vif-)\d+(?:-\d+)?: [Ee]rror -?\d+/,
        /xen-blkfront: probe of vbd-\d+ failed/,
        /(?:vif|vbd)[ -](?:vif|vbd)-\d+(?:-\d+)?: (?:xenbus:\s*$|failed to write error node|\d+ xenbus_dev_probe on)/,
        /failed to write error node for (?:backend|device)\/|xenbus_dev_probe on (?:backend|device)\//,
        { line: /XENBUS: Waiting for devices to initiali[sz]e: /, early: true },
      ],
      cause: "the guest's disk or network driver waits for its other half in dom0, which does not come",
      remedy:
        'load xen-blkback and xen-netback in dom0, and see that its hotplug scripts ran (xenstore-ls of the backend)',
      source: 'Linux drivers/xen/xenbus/xenbus_probe_frontend.c',
      explains: [
        'no-root-device',
        'rootfs-mount-failed',
        'initramfs-shell',
        'root-device-not-found',
        'dracut-emergency-shell',
        'kernel-panic',
      ],
      overcomeBy: INIT_RUNS,
    },
    'domain-crashed': {
      severity: 'fatal',
      signs: [
        /\(XEN\) Domain (?!0 )\d+ \(vcpu#\d+\) crashed on cpu#\d+/,
        /\(XEN\) domain_crash(?:_sync)? called from /,
        /\(XEN\) (?:d[1-9]\d*v\d+|\[VT-D\]).{0,20}(?:Triple fault|.{0,40}invoking HVM shutdown action)/,
        /\(XEN\) d[1-9]\d*v\d+ Unhandled/,
        /Domain \d+ has shut down, reason code 3\b|Action for shutdown reason code 3 is/,
        /Domain has (?:been )?crash(?:ed)?\b|Domain \d+ has crashed/,
      ],
      cause: 'Xen ended the guest because it did what no guest may do',
      remedy:
        'read the guest\'s own last lines; on_crash="preserve" keeps it for xl dump-core and xenctx; check kernel and CPU model',
      source: 'Xen xen/common/domain.c __domain_crash(), tools/xl/xl_vmcontrol.c',
    },
    'guest-memory-overrun': {
      severity: 'soft',
      signs: [/\(XEN\) .{0,40}Over-allocation for domain \d+: \d+ > \d+/],
      cause: 'a guest asked Xen for more memory than it may have',
      remedy: 'raise maxmem= of the guest where it lacks memory; else it is harmless',
      source: 'Xen xen/common/page_alloc.c',
    },
    // Told by the harness, which asks dom0 for the state of a guest that says nothing.
    'stuck-before-first-line': {
      severity: 'fatal',
      cause:
        'the guest uses its processor all the time and has never printed a line: its kernel hangs before its console works',
      remedy:
        'try it without its last options, with the kernel of another guest, and with earlyprintk=xen; xenctx in dom0 shows where it stands',
      source: 'src/harness/xen/silence.ts; measured with clearcpuid=tsc on a CPU without RDRAND',
    },
    'busy-and-silent': {
      severity: 'fatal',
      cause: 'the guest uses its processor all the time and prints nothing any more: it hangs in a loop',
      remedy:
        'read its last lines; xenctx in dom0 shows where it stands; give it more time if it has much to do',
      source: 'src/harness/xen/silence.ts',
    },
    'silent-console': {
      severity: 'fatal',
      cause:
        'the guest lives and waits, and says nothing here: most likely it talks to a console that nobody reads (console=ttyS0, or a login on tty1)',
      remedy:
        'console=hvc0 as the last console= of a PV guest, and a getty or shell on hvc0; without "quiet"',
      source: 'src/harness/xen/silence.ts; Linux arch/x86/xen/enlighten_pv.c add_preferred_console()',
    },
  }),
  ...classesOf('guest-userspace', {
    'shut-down': {
      severity: 'fatal',
      cause: 'the guest has shut itself down',
      remedy: 'read its last lines: a first process that ends takes the guest with it',
      source: 'src/harness/xen/silence.ts; xl(1) list',
    },
  }),
];
