import { expect, test } from 'vitest';
import { layerSpans } from './layer-spans.ts';
import type { MilestoneRecord } from './record.ts';

function picture(milestones: MilestoneRecord[], endMs: number): string[] {
  return layerSpans(milestones, endMs).map(
    ({ stage, fromMs, toMs, depth }) => `${'  '.repeat(depth)}${stage} ${fromMs}–${toMs}`,
  );
}

test('a guest in Xen in QEMU: domes within domes', () => {
  const milestones: MilestoneRecord[] = [
    { name: 'firmware', stage: 'firmware', atMs: 200 },
    { name: 'bootloader', stage: 'bootloader', atMs: 500 },
    { name: 'hypervisor', stage: 'hypervisor', atMs: 2_000 },
    { name: 'kernel', stage: 'kernel', atMs: 4_800 },
    { name: 'userspace', stage: 'userspace', atMs: 7_800 },
    { name: 'guest-kernel', stage: 'guest-kernel', atMs: 11_000 },
    { name: 'guest-userspace', stage: 'guest-userspace', atMs: 12_500 },
  ];
  expect(picture(milestones, 13_500)).toEqual([
    'firmware 0–500',
    'bootloader 500–2000',
    'hypervisor 2000–13500',
    '  kernel 4800–13500',
    '    userspace 7800–13500',
    '      guest-kernel 11000–13500',
    '        guest-userspace 12500–13500',
  ]);
});

test('without a hypervisor; an initramfs hands over; a reboot begins anew; what was not reached is not there', () => {
  const milestones: MilestoneRecord[] = [
    { name: 'hypervisor', stage: 'hypervisor', atMs: 60_000 },
    { name: 'firmware', stage: 'firmware', atMs: 100 },
    { name: 'kernel', stage: 'kernel', atMs: 1_000 },
    { name: 'initramfs', stage: 'initramfs', atMs: 2_000 },
    { name: 'login', stage: 'userspace', atMs: 5_000 },
    { name: 'installed', stage: 'userspace', atMs: 9_000 },
    { name: 'guest', stage: 'guest-kernel' },
  ];
  expect(picture(milestones, 70_000)).toEqual([
    'firmware 0–1000',
    'kernel 1000–60000',
    '  initramfs 2000–5000',
    '  userspace 5000–60000',
    'hypervisor 60000–70000',
  ]);
});
