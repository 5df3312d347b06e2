/** A guest with a boot loader of its own: GRUB's menu in the guest's console, a menu in a machine in a machine. */
import { expect, KnownFailureError, openDom0, test } from '../src/harness/index.ts';
import { bridged, DEBIAN, DEVICELESS, PVGRUB, ROOT } from './story/debian-guest.ts';

/** The first time, dom0 is installed for real. */
const COLD = { timeout: 900_000 };

test(
  "a guest's own GRUB shows its menu, and boots the entry that is chosen there",
  COLD,
  async ({ resume }) => {
    const machine = await resume(bridged);
    const dom0 = await openDom0(machine);
    const guest = await dom0.guest({ ...DEBIAN, ...PVGRUB });
    const grub = await guest.grub();
    await guest.reach('guest-bootloader');
    expect(grub.entries).toEqual(['Debian GNU/Linux', 'Debian GNU/Linux, single user']);
    expect(await grub.select(/single user/)).toBe('Debian GNU/Linux, single user');
    expect(await grub.select(/Linux$/)).toBe('Debian GNU/Linux');
    grub.boot();

    await guest.reach('guest-kernel');
    const shell = await guest.logIn(ROOT);
    expect(await shell.succeed('cat /proc/cmdline')).toMatch(/^root=\/dev\/xvda1 console=hvc0/);
    expect(machine.diagnosis.findings).toEqual([]);
  },
);

test('a disk without a grub.cfg: guest-bootloader/pvgrub-no-config', COLD, async ({ resume }) => {
  const machine = await resume(bridged);
  const dom0 = await openDom0(machine);
  const guest = await dom0.guest({ ...DEVICELESS, ...PVGRUB });
  const failure = await guest.grub().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'guest-bootloader/pvgrub-no-config', blame: 'guest' });
});
