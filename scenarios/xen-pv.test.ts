/**
 * The main job: from power-on to a running paravirtualised guest in Xen in QEMU, on a CPU without hardware
 * virtualisation. Firmware, GRUB, Xen, dom0, guest: a dome within a dome within a dome.
 */
import { expect, openDom0, test } from '../src/harness/index.ts';

const GUEST = '/root/guest.cfg';

test('a paravirtualised guest boots in Xen in QEMU, without hardware virtualisation', async ({ launch }) => {
  const machine = await launch('slim-dom0');
  await machine.reach('firmware', { budget: 2_000 });

  const grub = await machine.grub();
  await machine.reach('bootloader', { budget: 5_000 });
  await grub.select(/Xen/);
  expect(grub.highlighted).toMatch(/with Xen hypervisor/);
  grub.boot();

  await machine.reach('hypervisor', { budget: 8_000 });
  await machine.reach('kernel', { budget: 10_000 });
  const dom0 = await openDom0(machine);
  await machine.reach('userspace', { budget: 20_000 });

  const { virt_caps } = await dom0.info();
  expect(virt_caps).toMatch(/\bpv\b/);
  expect(virt_caps).not.toContain('hvm');

  const guest = await dom0.guest(GUEST);
  expect(await guest.type()).toBe('pv');
  await machine.reach('guest-kernel', { budget: 28_000 });

  const shell = await guest.shell();
  await machine.reach('guest-userspace', { budget: 30_000 });
  expect(await shell.succeed('cat /sys/hypervisor/type')).toBe('xen');
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('PV');
  expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0', guest.name]);

  await guest.console.sendLine('poweroff -f');
  await guest.gone();
  expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0']);
});

test('the same guest, with Xen loaded by QEMU itself', async ({ launch }) => {
  const machine = await launch('slim-dom0', { boot: 'direct' });
  const dom0 = await openDom0(machine);
  const guest = await dom0.guest(GUEST);
  const shell = await guest.shell();
  await machine.reach('guest-userspace', { budget: 28_000 });
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('PV');
});
