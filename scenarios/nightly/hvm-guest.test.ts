/**
 * An HVM guest: a whole PC that Xen emulates with hardware's help, in a PC that QEMU emulates: SeaBIOS, a device model in
 * dom0 (Debian's qemu-system-xen), and Debian's kernel, unchanged.
 */
import { expect, openDom0, test } from '../../src/harness/index.ts';
import { HVM, HVM_PATIENCE } from '../story/hvm-guest.ts';

test('an HVM guest boots by SeaBIOS and answers', { timeout: 1_200_000 }, async ({ launch }) => {
  const machine = await launch('hvm-dom0');
  const dom0 = await openDom0(machine);
  const guest = await dom0.guest(HVM);
  const shell = await guest.shell(HVM_PATIENCE);
  expect(await guest.type()).toBe('hvm');
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('HVM');
  expect(await shell.succeed('cat /sys/class/dmi/id/product_name')).toBe('HVM domU');
  expect(machine.diagnosis.findings).toEqual([]);
});
