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

  test.each([
    'repomd.xml: [Errno 14] HTTP Error 404 - Not Found\nTrying other mirror.\nComplete!',
    'Non-fatal POSTIN scriptlet failure in rpm package xen-4.6.6-8.el7.x86_64\n\nComplete!',
    'WARNING: Ignoring https://x.org/edge: temporary error (try again later)\nOK: 345 MiB in 120 packages',
    'Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend\nSetting up xen-utils-4.17 (4.17.3-1) ...',
    'Could not access KVM kernel module: Permission denied\nqemu-system-x86_64: falling back to tcg',
  ])('takes %j for overcome', (log) => {
    expect(diagnosed(log).map(({ severity }) => severity)).toEqual(['soft']);
  });

  test('does not take it for overcome that another package was set up', () => {
    const log =
      ' installed a package post-installation script subprocess returned error exit status 1\nSetting up b (1.0-1) ...\n';
    expect(serious(diagnosed(log))).toEqual(['package-manager/scriptlet-failed']);
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
