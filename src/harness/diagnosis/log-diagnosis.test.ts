import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOOT_EXAMPLES } from './fixtures/examples-boot.ts';
import { TOOL_EXAMPLES } from './fixtures/examples-tools.ts';
import { LogDiagnosis, type LogFinding } from './log-diagnosis.ts';

function diagnosed(log: string | Uint8Array): LogFinding[] {
  const diagnosis = new LogDiagnosis();
  diagnosis.read(Buffer.from(log as string));
  return diagnosis.end();
}

const classes = (log: string) => diagnosed(log).map(({ known }) => known.id);
const serious = (findings: readonly LogFinding[]) =>
  findings.filter(({ severity }) => severity === 'hard' || severity === 'fatal').map(({ known }) => known.id);

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
  ])('%j', (log) => {
    expect(serious(diagnosed(log))).toEqual([]);
  });
});

describe('cause and consequence', () => {
  test.each([
    [
      'the cause of a panic',
      'Fatal glibc error: CPU does not support x86-64-v2\nKernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
      ['userspace/cpu-too-old', 'kernel/init-killed'],
    ],
    [
      'a disk that broke before',
      '[1.0] I/O error, dev vda, sector 8\n[1.1] EXT4-fs error (device vda1): x\n[1.2] Kernel panic - not syncing: Attempted to kill init!',
      ['kernel/disk-io-error', 'kernel/filesystem-corrupt', 'kernel/init-killed'],
    ],
    [
      'a soft cause of a hard end',
      '[ TIME ] Timed out waiting for device /dev/sdb1.\n[DEPEND] Dependency failed for Local File Systems.\nYou are in emergency mode.',
      ['userspace/device-timeout', 'userspace/local-filesystems-failed', 'userspace/emergency-mode'],
    ],
    [
      'a lockup that was told after the stall',
      'rcu: INFO: rcu_sched detected stalls on CPUs/tasks:\nwatchdog: BUG: soft lockup - CPU#1 stuck for 22s! [x:1]',
      ['kernel/soft-lockup', 'kernel/rcu-stall'],
    ],
    [
      'something soft first',
      'Login incorrect\nKernel panic - not syncing: Fatal exception',
      ['kernel/kernel-panic', 'userspace/login-refused'],
    ],
  ])('%s', (_, log, order) => {
    expect(classes(log)).toEqual(order);
  });
});

describe('a lone log', () => {
  test('tells a guest from its host by its devices', () => {
    const guest =
      'Linux version 6.1\n[    1.0] blkfront: xvda: flush diskcache: enabled\nKernel panic - not syncing: x';
    expect(classes(guest)).toEqual(['guest-kernel/kernel-panic']);
    expect(classes('Linux version 6.1\nKernel panic - not syncing: x')).toEqual(['kernel/kernel-panic']);
  });

  test('takes a failure for overcome when the boot goes on', () => {
    const log =
      'Boot failed: Could not read from CDROM (code 0003)\r\nBooting from Hard Disk...\r\nGRUB loading.\r\n';
    expect(diagnosed(log)).toMatchObject([{ severity: 'soft' }]);
    expect(serious(diagnosed(`${log}No bootable device.\r\n`))).toEqual(['firmware/no-bootable-device']);
  });

  test('is read through colours, carriage returns, NULs, time stamps and lines that cut in', () => {
    const panic = 'Kernel panic - not syncing: Attempted to kill init!';
    for (const log of [
      `\u001b[1;31mKernel pa\u001b[0mnic - not syncing: Attempted to kill init!`,
      `(1/7): xen.rpm   12%\r(1/7): xen.rpm   99%\r${panic}\r\n`,
      `\0\0\0[    1.234567] ${panic}\0`,
      `Nov 22 13:00:00 host kernel: [    1.2] ${panic}`,
      `Starting sshd: [   12.0] ${panic}`,
      `root@host:~# [   12.0] ${panic}`,
      `[Thu Mar 25 00:50:20 2021] ${panic}`,
      `2024-01-01T10:00:00.1234567Z [guest0/uart0] [    1.2] ${panic}`,
      `vm1  | <0>[    1.2][    T1] ${panic}`,
      `> > ${panic}`,
      `\`${panic}\``,
      `{"component":"launcher","msg": "${panic}"}`,
    ])
      expect(classes(log), JSON.stringify(log)).toEqual(['kernel/init-killed']);
  });

  test('knows a line that begins with its words behind what others put before it', () => {
    for (const before of [
      '',
      '2024-04-25T13:29:59.7979731Z ',
      'Mar 25 00:50:20 bsd1 kernel: ',
      '[   12.345678] ',
      '(d4) ',
      'vm-1  | ',
      '#9 1.065 ',
      '==> default: ',
      '> ',
    ])
      expect(classes(`${before}panic: vm_fault`)[0], before).toMatch(/kernel\/bsd-panic$/);
    expect(classes('docker: panic: vm_fault')).toEqual([]);
  });

  test('shows the prompt of a shell to which somebody typed', () => {
    expect(classes('grub rescue> ls (hd0)')).toEqual(['bootloader/grub-rescue-shell']);
    expect(classes('(initramfs) echo Kernel panic - not syncing: x')).toEqual(['initramfs/initramfs-shell']);
  });

  test('has lines of any length, and the evidence is the whole line as it stands', () => {
    const long = 'x'.repeat(300_000);
    const [finding] = diagnosed(`first\n${long}\n  Kernel panic - not syncing: y\n${long}`);
    expect(finding?.evidence).toEqual({ line: 3, text: '  Kernel panic - not syncing: y' });
    const inside = diagnosed(`${long} [    1.0] Kernel panic - not syncing: y ${long}`);
    expect(inside).toMatchObject([{ evidence: { line: 1 } }]);
    expect(inside[0]?.evidence.text.length).toBeLessThan(40_000);
  });

  test('gives the same findings however it is cut', () => {
    const bytes = Buffer.from(
      [...BOOT_EXAMPLES, ...TOOL_EXAMPLES].map(([, log]) => log).join('\r\nnoise\r\n'),
    );
    const whole = diagnosed(bytes);
    expect(whole.length).toBeGreaterThan(60);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const diagnosis = new LogDiagnosis();
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const end = at + (sizes[i % sizes.length] as number);
          diagnosis.read(bytes.subarray(at, end));
          at = end;
        }
        expect(diagnosis.end()).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test('that ends where the kernel should begin to speak says so, softly', () => {
    expect(diagnosed('Hit any key\r\n\r\nStarting kernel ...\r\n\r\n')).toMatchObject([
      { known: { id: 'kernel/silent-start' }, severity: 'soft', evidence: { line: 3 } },
    ]);
    expect(classes('Starting kernel ...\r\n[    0.0] Booting Linux on physical CPU 0x0\r\n')).toEqual([]);
  });

  test('that is empty shows nothing', () => {
    expect(diagnosed('')).toEqual([]);
  });
});

const folder = process.env.DOMES_FAILURE_LOGS ?? join(import.meta.dirname, '../../../../shared/failure-logs');
const index = join(folder, 'index.jsonl');
const rows = existsSync(index)
  ? readFileSync(index, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LabelledLog)
  : [];

interface LabelledLog {
  readonly file: string;
  readonly expected: { readonly stage: string; readonly class: string; readonly evidence: string | null };
}

describe.skipIf(rows.length === 0)(
  rows.length === 0 ? `the labelled public logs: there is no ${index}` : 'the labelled public logs',
  () => {
    test.each(rows)('$file is $expected.class', ({ file, expected }) => {
      const findings = diagnosed(readFileSync(join(folder, file)));
      if (expected.class === 'none') return expect(serious(findings)).toEqual([]);
      const [cause] = findings;
      expect(cause?.known.id.replace(/^[^/]+\//, '')).toBe(expected.class);
      expect(cause?.evidence.text).toBe(expected.evidence);
      const stages = expected.stage === 'guest' ? ['guest-kernel', 'kernel'] : [expected.stage];
      expect(stages).toContain(cause?.known.stage);
    });
  },
);
