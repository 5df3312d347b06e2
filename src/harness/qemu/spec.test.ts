import { expect, test } from 'vitest';
import { z } from 'zod';
import { MachineSpec } from './spec.ts';

const LEAST = { name: 'm', accelerator: 'tcg', boot: { from: 'disk' } };

function complaints(change: Record<string, unknown>): string[] {
  const { error } = MachineSpec.safeParse({ ...LEAST, ...change });
  return error
    ? z
        .prettifyError(error)
        .split('\n')
        .map((line) => line.trim())
    : [];
}

test('the least that says what a machine is, and what it then has', () => {
  expect(MachineSpec.parse(LEAST)).toEqual({
    ...LEAST,
    type: 'pc',
    cpu: 'qemu64',
    cpus: 1,
    memoryMiB: 1024,
    disks: [],
    diskBus: 'virtio',
    consoles: { console: { port: 'com1', role: 'system' } },
    onReboot: 'exit',
    network: 'none',
    display: 'none',
    determinism: 'live',
  });
});

test('a mistake is one message that names the field', () => {
  const mistakes = [
    { memoryMiB: '1G' },
    { memoryMiB: 8 },
    { cpus: 0 },
    { cpu: '' },
    { type: 'microvm' },
    { memory: 512 },
    { accelerator: undefined },
    { boot: { from: 'cdrom' } },
    { boot: { from: 'kernel' } },
    { boot: { from: 'kernel', kernel: '/xen', modules: [{ file: '/my images/vmlinuz' }] } },
    { disks: [{ file: '/a', format: 'vmdk' }] },
    { consoles: { a: { port: 'com1', role: 'system' }, b: { port: 'com1', role: 'shell' } } },
    { consoles: { firmware: { port: 'com1', role: 'system' } } },
    { consoles: { 'My Console': { port: 'com1', role: 'system' } } },
    { consoles: { c: { port: 'com9', role: 'system' } } },
  ];
  expect(mistakes.map((mistake) => complaints(mistake).join(' '))).toMatchInlineSnapshot(`
    [
      "✖ Invalid input: expected number, received string → at memoryMiB",
      "✖ Too small: expected number to be >=32 → at memoryMiB",
      "✖ Too small: expected number to be >=1 → at cpus",
      "✖ Too small: expected string to have >=1 characters → at cpu",
      "✖ Invalid option: expected one of "pc"|"q35" → at type",
      "✖ Unrecognized key: "memory"",
      "✖ Invalid option: expected one of "tcg"|"kvm" → at accelerator",
      "",
      "✖ Invalid input: expected string, received undefined → at boot.kernel",
      "✖ a module's path can't have a space: QEMU reads no further → at boot.modules[0].file",
      "✖ Invalid option: expected one of "qcow2"|"raw" → at disks[0].format",
      "✖ two consoles on one port → at consoles",
      "✖ the console name "firmware" is the firmware's own log → at consoles",
      "✖ Invalid key in record → at consoles["My Console"]",
      "✖ expected com1 to com4, virtio1 to virtio6, or channel1 to channel16 → at consoles.c.port",
    ]
  `);
});
