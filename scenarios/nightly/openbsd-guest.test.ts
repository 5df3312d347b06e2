/**
 * OpenBSD's installer as an HVM guest: a whole PC, whose BIOS boots OpenBSD's CD or disk. Its loader speaks on the display,
 * until it is told to use the serial port; so does its kernel, bsd.rd, which no other loader here could boot. The medium is
 * in no package that domes could fetch: whoever has one names it. The whole way is shown with a medium that everybody has,
 * whose loader speaks on the display as well.
 */
import { expect, findImage, test, whyNoImage, type XenGuest } from '../../src/harness/index.ts';
import { bootMedium, LOADER, MINUTE, PATIENCE } from '../story/hvm-medium.ts';
import { standIn } from '../story/stand-in.ts';

/** Waits for the loader's prompt on the display, and types a line there. Backspace stops a countdown, and nothing else. */
async function typeAtLoader({ display }: XenGuest, prompt: RegExp, line: string): Promise<void> {
  await display.expect('Booting from', LOADER);
  await display.expect(prompt, { ...LOADER, meanwhile: 'backspace' });
  await display.sendLine(line, { timeout: 3 * MINUTE });
}

/** `DOMES_IMAGE_OPENBSD=<cd76.iso, install76.iso, miniroot76.img or install76.img> DOMES_NIGHTLY=1 npx vitest run scenarios/nightly/openbsd-guest.test.ts` */
test("OpenBSD's installer boots in an HVM guest, and has a shell", { timeout: 60 * MINUTE }, async ({
  launch,
  skip,
}) => {
  const missing = await whyNoImage('openbsd');
  if (missing) return skip(missing);

  const guest = await bootMedium(launch, 'openbsd');
  await typeAtLoader(guest, /^boot>/m, 'set tty com0');
  // The loader asks again on the serial port; after five seconds it goes on by itself.
  let asked = await guest.bsdPrompt(PATIENCE);
  if (asked.is === 'loader') asked = await guest.bsdPrompt(PATIENCE);
  expect(asked.is).toBe('installer');
  await guest.reach('guest-kernel');
  await guest.reach('guest-userspace');
  await guest.console.sendLine('S');
  const shell = await guest.shell(PATIENCE);
  expect(await shell.succeed('sysctl -n kern.ostype')).toBe('OpenBSD');
  expect(await guest.type()).toBe('hvm');
});

test('a CD boots in its place, its loader typed at on the display', { timeout: 60 * MINUTE }, async ({
  launch,
}) => {
  using _ = standIn('openbsd', (await findImage('boot-cd')).files['cd.iso']);
  expect(await whyNoImage('openbsd')).toBeUndefined();
  const guest = await bootMedium(launch, 'openbsd');
  // Without the last one Linux looks for an AGP bridge for a minute: recipes/hvm-dom0/NOTES.md.
  await typeAtLoader(guest, /^boot:/m, 'linux console=ttyS0 pci=noearly');
  await guest.reach('guest-kernel', PATIENCE);
  const shell = await guest.shell(PATIENCE);
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('HVM');
  expect(await shell.succeed('cat /proc/cmdline')).toContain('console=ttyS0 pci=noearly');
  expect(await guest.type()).toBe('hvm');
});
