/**
 * XCP-ng, the appliance around Xen: its installer's boot prompt on the serial port, and an installed one up to `xe` and a
 * guest's console. Neither medium is in a package: whoever has one names it.
 */
import { expect, openDom0, test, whyNoImage } from '../../src/harness/index.ts';

const MINUTE = 60_000;
const PATIENCE = { timeout: 20 * MINUTE };

/** `npx domes images build xcp-ng`, or DOMES_IMAGE_XCP_NG=<path of the ISO>; then npm run nightly. */
test("XCP-ng's installer boots from its CD", { timeout: 60 * MINUTE }, async ({ launch, skip }) => {
  const missing = await whyNoImage('xcp-ng');
  if (missing) return skip(missing);

  const machine = await launch('xcp-ng', { disks: [{ blank: '60G' }] });
  const isolinux = await machine.syslinux(PATIENCE);
  await machine.reach('bootloader');
  await isolinux.boot('install');
  await machine.reach('hypervisor', PATIENCE);
  await machine.reach('kernel', PATIENCE);
  await machine.console().expect(/Select Keymap|Keyboard Layout|Welcome to XCP-ng/i, PATIENCE);
});

/** DOMES_IMAGE_XCP_NG_DISK=<path of the disk> DOMES_XCP_PASSWORD=<root's> npm run nightly */
test('an installed XCP-ng takes xe, and its guests have consoles', { timeout: 60 * MINUTE }, async ({
  launch,
  skip,
}) => {
  const missing = await whyNoImage('xcp-ng-disk');
  if (missing) return skip(missing);
  const password = process.env.DOMES_XCP_PASSWORD;
  if (!password)
    return skip("the root password of that disk is not known; export DOMES_XCP_PASSWORD=<root's>");

  const machine = await launch('xcp-ng-disk');
  await machine.reach('hypervisor', PATIENCE);
  await machine.logIn({ user: 'root', password }, 'console', PATIENCE);
  const dom0 = await openDom0(machine, { console: 'console', ...PATIENCE });
  const list = await dom0.run('xe vm-list', { timeout: 5 * MINUTE, silentFor: 5 * MINUTE });
  expect(list).toMatch(/name-label \( RW\): Control domain on host/);
  const started = (await dom0.list()).filter(({ id }) => id !== 0);
  for (const { name } of started.slice(0, 1)) {
    const guest = await dom0.join(name);
    await guest.console.sendLine('');
    await guest.expect(/\S/, { timeout: 5 * MINUTE });
  }
});
