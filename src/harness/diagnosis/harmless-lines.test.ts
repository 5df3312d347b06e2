import { describe, expect, test } from 'vitest';
import { LogDiagnosis } from './log-diagnosis.ts';

function serious(log: string): string[] {
  const diagnosis = new LogDiagnosis();
  diagnosis.read(Buffer.from(log));
  return diagnosis
    .end()
    .filter(({ severity }) => severity === 'hard' || severity === 'fatal')
    .map(({ known }) => known.id);
}

describe('harmless lines', () => {
  test.each([
    '[    0.2] ACPI Error: No handler for Region [ECRM] (20220331/evregion-131)',
    '[    0.2] ACPI BIOS Error (bug): Could not resolve symbol [\\_SB.PCI0], AE_NOT_FOUND',
    'error: no suitable video mode found.\r\nBooting in blind mode',
    "error: file `/boot/grub/locale/en.gmo' not found.",
    "error: file `/boot/grub/fonts/unicode.pf2' not found.",
    '[    1.0] ERST: Failed to get Error Log Address Range.',
    '[    0.0] Kernel command line: root=/dev/vda1 panic=10 oops=panic softlockup_panic=1 error=none',
    '[    1.0] Unpacking kernel-panic-tools (1.0)',
    'Setting up bug-buddy (2.32.0-3) ...\r\n  Installing : bugzilla-oops-5.0-1.noarch   3/7',
    '(XEN) CPU0: No irq handler for vector e7 (IRQ -2147483648)',
    '(XEN) event_channel.c:271:d0 EVTCHNOP failure: domain 9, error -22',
    '(XEN) ELF: note: unknown (0xd)\r\n(XEN) I/O virtualisation disabled\r\n(XEN) d0v0 Over-allocation 1',
    '(XEN) AMD-Vi: IOMMU not found!\r\n(XEN) CPU 0 APIC 0 -> Node 0',
    '[    0.5] xen:balloon: Initialising balloon driver\r\n[    0.6] xen: registering gsi 9 failed',
    '[    0.3] Cannot get hvm parameter CONSOLE_EVTCHN (18): -22!',
    "[    1.2] EXT4-fs (vda): couldn't mount as ext3 due to feature incompatibilities",
    '[    1.2] blk_update_request: I/O error, dev fd0, sector 0 op 0x0:(READ)',
    '[    1.3] foo: module verification failed: signature and/or required key missing - tainting kernel',
    'libxl: warning: libxl_create.c:799:initiate_domain_create: XSM Disabled: init_seclabel not supported',
    'domainbuilder: detail: loader probe failed',
    'Failed to read config file: /etc/xen/xl.conf: No such file or directory',
    '[FAILED] Failed to start Load Kernel Modules.',
    'Failed to add /run/x to inotify watch: No space left on device',
    'warning: /var/cache/dnf/x.rpm: Header V4 RSA/SHA256 Signature, key ID 8483c65d: NOKEY',
    "qemu-system-x86_64: warning: TCG doesn't support requested feature: CPUID.01H:ECX.vmx [bit 5]",
    'panic: runtime error: index out of range [3] with length 3',
    'Nothing to do.\r\nComplete!',
    "sh: can't access tty; job control turned off",
    'If you see "Kernel panic - not syncing: VFS: Unable to mount root fs", check root=.',
    '  * Fix BUG: unable to handle kernel paging request in xen-blkfront',
    ' - fix Kernel panic - not syncing: Attempted to kill init! at boot',
    '# Kernel panic - not syncing: what to do then',
    '# echo Kernel panic - not syncing: test\r\nKernel panic - not syncing: test',
    "[root@vm1 ~]# grep -c 'Kernel panic - not syncing' /var/log/messages\r\n0",
    "+ echo 'dpkg was interrupted, you must manually run'",
    '(XEN) Hardware Dom0 halted: halting machine',
    '(d1) Boot failed: could not read the boot disk\r\nGNU GRUB  version 2.06-13+deb12u2',
    'BdsDxe: failed to load Boot0002 "UEFI HARDDISK" from PciRoot(0x0): Not Found\r\nBdsDxe: starting Boot0001 "UEFI DVD-ROM" from PciRoot(0x0)',
    'Card did not respond to voltage select! : -110\r\n** Unable to read file uEnv.txt **\r\nStarting kernel ...',
    "error: ../../grub-core/video/video.c:761:no suitable video mode found.\r\nerror: ../../grub-core/term/serial.c:217:serial port `com0' isn't found.",
    'error: ../../grub-core/commands/loadenv.c:216:diskfilter writes are not supported.\r\nPress any key to continue...',
    '(XEN) AMD-Vi: Error initialization\r\n(XEN) I/O virtualisation disabled',
    'mce: [Hardware Error]: Machine check events logged\r\nEDAC MC1: 1 CE memory scrubbing error on CPU_SrcID#1',
    "XFS (vda1): Invalid superblock magic number\r\nSQUASHFS error: Can't find a SQUASHFS superblock on vda1",
    'cannot open hd0a:/etc/random.seed: No such file or directory\r\nbooting hd0a:/bsd: 53915540+4',
    'Please unlock disk vda5_crypt: ',
    'Net:   No ethernet found.\r\n** Unable to use mmc 0:1 for loading the env **',
    '[ TIME ] Timed out waiting for device /dev/ttyS0.\r\n[DEPEND] Dependency failed for Serial Getty on ttyS0.',
    "grub-probe: error: failed to get canonical path of `overlay'.",
    "Error: Device 'eth0' not found.",
    'qemu-system-x86_64: -device virtio-net-pci: Issue while setting TUNSETSTEERINGEBPF: Invalid argument',
    '### Error: Device 2049 (vbd) could not be connected. Hotplug scripts not working',
    'If an error like "Error: Device 0 (vif) could not be connected." shows up, check the bridge.',
    'I wonder what "error: unknown filesystem" is to tell me.',
    '  * detect file system full by flushing output',
    'Issue png_benign_error() on ADLER32 checksum mismatch instead of png_error().',
    'Such lines as `dracut: Warning: /dev/mapper/root does not exist` or\r\n`Gave up waiting for root device` (Debian) come from the initramfs.',
    '`Kernel panic - not syncing: x` is what it then says.',
    'ssh: connect to host 10.0.2.15 port 22: Connection refused',
    'sof-audio-pci 0000:00:1f.3: error: status = 0x00000000 panic = 0x00000000',
    'SunOS Release 5.11 64-bit\r\nboron genunix: [ID 672855 kern.notice] syncing file systems...',
  ])('%j', (log) => {
    expect(serious(log)).toEqual([]);
  });
});
