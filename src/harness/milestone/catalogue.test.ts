import { expect, test } from 'vitest';
import type { ConsoleRole } from '../console/port.ts';
import { MILESTONE_SIGNS } from './catalogue.ts';

function stagesOf(role: ConsoleRole, line: string): string[] {
  return MILESTONE_SIGNS.filter((known) => known.role === role && known.sign.test(line)).map(
    ({ stage }) => stage,
  );
}

test.each([
  ['[    0.000000] Linux version 6.1.0-28-amd64 (debian-kernel@lists.debian.org) ', 'kernel'],
  ['FreeBSD 14.1-RELEASE releng/14.1-n267679-10e31f0946d8 GENERIC amd64', 'kernel'],
  ['FreeBSD 9.0-RELEASE #0: Tue Jan  3 07:46:30 UTC 2012', 'kernel'],
  ['[   1.0000000] NetBSD 9.3 (INSTALL_XEN3_DOMU) #0: Thu Aug  4 15:30:37 UTC 2022', 'kernel'],
  ['NetBSD 10.99.4 (XEN3_DOMU) #0: Sun Jun 11 10:00:00 UTC 2023', 'kernel'],
  ['OpenBSD 7.6 (RAMDISK_CD) #331: Mon Sep 30 16:35:00 MDT 2024', 'kernel'],
  ['OpenBSD 7.6-beta (RAMDISK_CD) #1: Mon Sep 30 16:35:00 MDT 2024', 'kernel'],
  ['>> OpenBSD/amd64 CDBOOT 3.65', 'bootloader'],
  ['>> NetBSD/x86 BIOS Boot, Revision 5.11 (Thu Aug  4 15:30:37 UTC 2022) (from NetBSD 9.3)', 'bootloader'],
  ['FreeBSD/x86 bootstrap loader, Revision 1.1', 'bootloader'],
  ['ISOLINUX 6.03 2014-10-06 ETCD Copyright (C) 1994-2014 H. Peter Anvin et al', 'bootloader'],
  ['Enter full pathname of shell or RETURN for /bin/sh: ', 'userspace'],
  ['Enter pathname of shell or RETURN for sh: ', 'userspace'],
  ['>a: Installation messages in English', 'userspace'],
  ['(I)nstall, (U)pgrade, (A)utoinstall or (S)hell? ', 'userspace'],
  ['NetBSD/amd64 (Amnesiac) (constty)', 'userspace'],
  ['FreeBSD/amd64 (freebsd) (ttyu0)', 'userspace'],
])('%s: %s', (line, stage) => {
  expect(stagesOf('system', line)).toEqual([stage]);
  expect(stagesOf('guest', line)).toEqual([`guest-${stage}`]);
});

test.each([
  'NetBSD-9.3 Install System',
  'Welcome to FreeBSD!',
  'Copyright (c) 1992-2023 The FreeBSD Project.',
  'supported guests: NetBSD 9.3, OpenBSD 7.6',
])('%s: none', (line) => {
  expect([...stagesOf('system', line), ...stagesOf('guest', line)]).toEqual([]);
});
