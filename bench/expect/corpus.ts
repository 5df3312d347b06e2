/**
 * Console text for the bench: boot after boot, the same in every run. A boot is the console of one of our own
 * (GRUB menu, Xen, dom0 kernel), with its numbers changed, then systemd in colours, a dnf transaction with its
 * redrawn progress lines, and a shell. Now and then something goes wrong, or bytes are lost.
 */
import { readFileSync } from 'node:fs';
import { Prng } from './prng.ts';

const recorded = readFileSync(new URL('consoles/grub-xen-dom0.raw', import.meta.url), 'latin1');

const UNITS = [
  'Journal Service',
  'Network Time Synchronization',
  'D-Bus System Message Bus',
  'Xen watchdog daemon',
  'LVM event activation on device 8:3',
  'Login Service',
  'Permit User Sessions',
  'Flush Journal to Persistent Storage',
  'xenstored – The Xen Store',
  'Getty on tty1',
  'udev Kernel Device Manager',
  'File System Check on Root Device',
];
const PACKAGES = [
  'xen-hypervisor',
  'xen-runtime',
  'xen-libs',
  'glibc-langpack-en',
  'python3-dnf-plugins-core',
  'qemu-img',
  'kernel-core',
  'grub2-tools-extra',
  'util-linux',
  'systemd-udev',
  'perl-libs',
  'selinux-policy-targeted',
];
const COMMANDS = [
  'xl list',
  'dmesg | tail -n 40',
  'journalctl -b --no-pager',
  'rpm -qa | sort',
  'cat /proc/interrupts',
];

/** What goes wrong, rarely: each of these is awaited by one of the patterns. */
const EVENTS: readonly ((random: Prng, stamp: string) => string)[] = [
  (r, stamp) =>
    `${stamp} Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,${r.next(9)})\r\n`,
  (r) => `(XEN) ****************************************\r\n(XEN) Panic on CPU ${r.next(8)}:\r\n`,
  (r, stamp) => `${stamp} watchdog: BUG: soft lockup - CPU#${r.next(4)} stuck for 22s!\r\n`,
  (_, stamp) => `${stamp} Call Trace:\r\n${stamp}  <TASK>\r\n`,
  (r, stamp) =>
    `${stamp} Out of memory: Killed process ${r.next(9999)} (dnf) total-vm:${r.next(99999)}kB\r\n`,
  () => 'You are in emergency mode. After logging in, type "journalctl -xb"\r\n',
  (r) => `[\x1b[0;1;31mFAILED\x1b[0m] Failed to start \x1b[0;1;39m${r.pick(UNITS)}\x1b[0m.\r\n`,
  (r) => `[\x1b[0;1;38;5;185mDEPEND\x1b[0m] Dependency failed for \x1b[0;1;39m${r.pick(UNITS)}\x1b[0m.\r\n`,
  () => "error: file `/boot/vmlinuz-6.1.0-51' not found.\r\n",
  (r) => `trace 2026-11-${10 + r.next(20)}T10:00:00.${100000000 + r.next(899999999)}Z begin\r\n`,
  (r) => `key DEVX-${r.hex(12)}-QUUX accepted\r\n`,
  (r, stamp) => `${stamp} IPv6: ADDRCONF(NETDEV_UP): vif${r.next(9)}: vif3: link is not ready\r\n`,
  () => 'Gerät 7 ÄÖ kaputt\r\n',
  (r, stamp) => `${stamp} blk_update_request: I/O error, dev xvda, sector ${r.next(1e6)} op 0x0\r\n`,
  (_, stamp) => `${stamp} pci 0000:00:04.0 BAR 6: can't reserve [mem 0xfebf0000]\r\n`,
  () => 'grub rescue> ',
];

/** Endless console text, in pieces of 100 KB or so. */
export function* consoleText(seed = 1): Generator<Buffer> {
  const random = new Prng(seed);
  for (let boot = 0; ; boot++) {
    yield Buffer.from(recordedBoot(random), 'latin1');
    yield Buffer.from(kernelLines(random, 150) + systemd(random) + dnf(random) + shell(random));
    // A UART that overran: bytes that are no UTF-8, and a sequence that is never ended.
    if (boot % 16 === 15)
      yield Buffer.from([0x0d, 0x0a, 0xff, 0xc3, 0x28, 0xe2, 0x82, 0x1b, 0x5d, 0x30, 0x3b, 0x61, 0x0d, 0x0a]);
  }
}

/** The first `bytes` bytes of it. */
export function consoleBytes(bytes: number, seed = 1): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  for (const piece of consoleText(seed)) {
    pieces.push(piece);
    length += piece.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(pieces).subarray(0, bytes);
}

/** The recorded console, with new digits behind each decimal point and in long hexadecimal numbers. */
function recordedBoot(random: Prng): string {
  return recorded
    .replace(/(?<=^\[ *\d+\.)\d{6}/gm, () => String(100000 + random.next(900000)))
    .replace(/(?<=0x?0*)[1-9a-f][0-9a-f]{5,}/g, (digits) => random.hex(digits.length));
}

function stamp(random: Prng, second: number): string {
  return `[${String(second).padStart(5)}.${String(random.next(1_000_000)).padStart(6, '0')}]`;
}

function event(random: Prng, oneIn: number): string {
  return random.next(oneIn) === 0 ? random.pick(EVENTS)(random, stamp(random, 9)) : '';
}

function kernelLines(random: Prng, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) {
    const at = stamp(random, 4 + i);
    const pci = `0000:0${random.next(4)}:1${random.hex(1)}.${random.next(8)}`;
    text += random.pick([
      `${at} pci ${pci}: BAR 13: assigned [io  0x${random.hex(4)}-0x${random.hex(4)}]\r\n`,
      `${at} pci ${pci} BAR 13: can't reserve [io  0x${random.hex(4)}]\r\n`,
      `${at} xenbr0: vif1: xen-blkback: backend/vbd/${random.next(9)}/51712: using 2 queues, protocol 1 (x86_64-abi)\r\n`,
      `${at} systemd[1]: Listening on udev Kernel Socket, sector size 512, medium error recovery off.\r\n`,
      `${at} BUGS: see https://bugs.example.org/${random.hex(8)}, failed failed\r\n`,
      `${at} audit: type=1400 audit(1795346932.${random.next(999)}:${i}): apparmor="STATUS" pid=${random.next(9999)} comm="apparmor_parser"\r\n`,
      `${at} EXT4-fs (xvda1): mounted filesystem ${random.hex(8)}-${random.hex(4)}-${random.hex(12)} with ordered data mode.\r\n`,
      `(XEN) d${random.next(3)}v0 RIP: e008:[<ffff82d0${random.hex(8)}>] vmx.c#vmx_vmexit+0x${random.hex(3)}/0x${random.hex(3)}\r\n`,
      `(XEN) Panic room: ${random.next(99)} KiB\r\n`,
    ]);
    text += event(random, 4000);
  }
  return text;
}

function systemd(random: Prng): string {
  let text = '\r\nWelcome to \x1b[1;31mDebian GNU/Linux 12 (bookworm)\x1b[0m!\r\n\r\n';
  for (let i = 0; i < 120; i++) {
    const unit = random.pick(UNITS);
    text += random.pick([
      `[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39mxen-${random.hex(4)}.service\x1b[0m - ${unit}.\r\n`,
      `[\x1b[0;32m  OK  \x1b[0m] Reached target \x1b[0;1;39mmulti-user.target\x1b[0m - ${unit}.\r\n`,
      `         Starting \x1b[0;1;39m${unit}\x1b[0m...\r\n`,
      `[\x1b[0m\x1b[0;31m*     \x1b[0m] (1 of 2) A start job is running for ${unit} (${i}s / no limit)\r\x1b[K[\x1b[0;1;31m*\x1b[0m\x1b[0;31m*    \x1b[0m] (2 of 2) A start job is running for ${unit}\r\x1b[K`,
      `[\x1b[0;1;31mFAILED\x1b[0m] Failed to start \x1b[0;1;39mxen-${random.hex(4)}.service\x1b[0m.\r\n`,
    ]);
    text += event(random, 4000);
  }
  return `${text}\r\nDebian GNU/Linux 12 dom0 hvc0\r\n\r\ndom0 login: `;
}

function dnf(random: Prng): string {
  let text =
    'Dependencies resolved.\r\n================================================================================\r\n';
  for (let i = 1; i <= 60; i++) {
    const name = random.pick(PACKAGES);
    for (let percent = 0; percent <= 100; percent += 20)
      text += `\r(${i}/60): ${name}-4.17.${random.next(9)}  ${String(percent).padStart(3)}% [${'='.repeat(percent / 5).padEnd(20)}] ${random.next(9999)} kB/s | ${random.next(99)} MB  00:${10 + random.next(49)} ETA`;
    text += `\r\n  Installing       : ${name}-4.17.${random.next(9)}-3.fc40.x86_64 ${' '.repeat(20)} ${i}/60 \r\n`;
  }
  return `${text}\x1b]0;root@dom0:~\x07\r\nComplete!\r\n`;
}

function shell(random: Prng): string {
  let text = '';
  for (let i = 0; i < 2; i++) {
    text += `\x1b[?2004hroot@dom0:~# ${random.pick(COMMANDS)}\r\n\x1b[?2004l\r`;
    for (let line = 0; line < 40; line++)
      text += random.pick([
        `-rw-r--r-- 1 root root ${random.next(99999)} Nov  ${1 + random.next(8)} 10:${10 + random.next(49)} \x1b[01;3${random.next(8)}mvmlinuz-${random.hex(6)}\x1b[0m\r\n`,
        `Nov 22 10:00:0${random.next(9)} dom0 systemd[1]: ${random.pick(UNITS)} … done\r\n`,
        `● xendomains.service – Xen domains – ${random.pick(['läuft', 'aktiv', 'wartet'])}\r\n`,
        `${random.pick(PACKAGES)}-${random.next(9)}.${random.next(99)}-${random.next(99)}.x86_64\r\n`,
        ` ${random.next(200)}: ${random.next(99999)} ${random.next(99999)}  xen-percpu  -virq  timer0\r\n`,
      ]);
    text += event(random, 200);
  }
  return text;
}
