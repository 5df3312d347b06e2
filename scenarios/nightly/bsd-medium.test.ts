/**
 * FreeBSD and NetBSD as HVM guests, from the CD, memory stick or disk that they are handed out as. Their loaders show a menu
 * on the display; at their prompts they are told to use the serial port, which is the guest's console from then on. The media
 * are in no package that domes could fetch: whoever has one names it. OpenBSD's is openbsd-guest.test.ts, and the way of a
 * medium is shown there with one that everybody has, as a CD; as a disk it is shown here.
 */
import { expect, findImage, test, whyNoImage, type XenGuest } from '../../src/harness/index.ts';
import { bootMedium, LOADER, MINUTE, PATIENCE } from '../story/hvm-medium.ts';
import { throughInstaller } from '../story/netbsd-installer.ts';
import { standIn } from '../story/stand-in.ts';

const LONG = { timeout: 90 * MINUTE };
const MEMORY = 512;

/**
 * FreeBSD stand/lua/menu.lua, or stand/forth/menu.rc: Escape is a key of the item `Escape to loader prompt`, and
 * space is no item's. It stops the countdown, is read by the menu before Escape is, and so does not stand at the prompt.
 */
async function freebsdPrompt({ display }: XenGuest): Promise<void> {
  // The CD's first stage says `Starting the BTX loader` (stand/i386/cdboot); any key before that would stop a disk's, boot2.
  await display.expect(/BTX loader|bootstrap loader|Loading \/boot|Autoboot in|to loader prompt/, LOADER);
  await display.expect(/to loader prompt/, { ...LOADER, meanwhile: 'spc' });
  await display.press('esc');
  await display.expect(/^OK/m, LOADER);
}

/**
 * NetBSD sys/arch/i386/stand/lib/bootmenu.c and boot/boot2.c: a key that chooses nothing ends the countdown of the menu, and
 * then a number is asked for, as a line; without a menu any key leads to the prompt. Backspace erases nothing on either.
 */
async function netbsdPrompt({ display }: XenGuest): Promise<void> {
  // The boot.cfg of an install image clears the display: the BIOS may not be seen at all.
  await display.expect(/Booting from|NetBSD/, LOADER);
  const prompt = /^>$/m;
  const text = await display.expect(/Drop to boot prompt|^>$/m, { ...LOADER, meanwhile: 'backspace' });
  const [, option] = /(\w{1,2})\. Drop to boot prompt/.exec(text) ?? [];
  if (option !== undefined) await display.sendLine(option, LOADER);
  await display.expect(prompt, LOADER);
}

/** `DOMES_IMAGE_FREEBSD_MEDIUM=<…-bootonly.iso, -disc1.iso, -memstick.img or a VM image> DOMES_NIGHTLY=1 npx vitest run scenarios/nightly/bsd-medium.test.ts` */
test("FreeBSD's medium boots in an HVM guest, to a single user's shell", LONG, async ({ launch, skip }) => {
  const missing = await whyNoImage('freebsd-medium');
  if (missing) return skip(missing);

  const guest = await bootMedium(launch, 'freebsd-medium', MEMORY);
  await freebsdPrompt(guest);
  await guest.display.sendLine('set console=comconsole', LOADER);
  await guest.expect(/OK $/, PATIENCE);
  await guest.console.sendLine('boot -s');
  expect(await guest.bsdPrompt(PATIENCE)).toEqual({ is: 'single-user', offered: '/bin/sh' });
  await guest.reach('guest-kernel');
  await guest.reach('guest-userspace');
  await guest.console.sendLine('');
  const shell = await guest.shell(PATIENCE);
  expect(await shell.succeed('sysctl -n kern.ostype')).toBe('FreeBSD');
  expect(await shell.succeed('sysctl -n kern.vm_guest')).toBe('xen');
});

/** `DOMES_IMAGE_NETBSD_MEDIUM=<NetBSD-10.1-amd64.iso, or -install.img> DOMES_NIGHTLY=1 npx vitest run scenarios/nightly/bsd-medium.test.ts` */
test(
  "NetBSD's medium boots in an HVM guest, and its installer has a shell",
  LONG,
  async ({ launch, skip }) => {
    const missing = await whyNoImage('netbsd-medium');
    if (missing) return skip(missing);

    const guest = await bootMedium(launch, 'netbsd-medium', MEMORY);
    await netbsdPrompt(guest);
    await guest.display.sendLine('consdev com0', LOADER);
    await guest.expect(/^> $/m, PATIENCE); // not the `>> ` of a banner
    await guest.console.sendLine('boot');
    const first = await guest.bsdPrompt(PATIENCE);
    await guest.reach('guest-kernel');
    const shell = await throughInstaller(guest, first, PATIENCE);
    expect(await shell.succeed('sysctl -n kern.ostype')).toBe('NetBSD');
  },
);

test('a disk in the place of a medium boots by SeaBIOS', LONG, async ({ launch }) => {
  using _ = standIn('freebsd-medium', (await findImage('debian-guest')).files['disk.qcow2']);
  expect(await whyNoImage('freebsd-medium')).toBeUndefined();
  const guest = await bootMedium(launch, 'freebsd-medium', 256);
  await guest.display.expect('Booting from Hard Disk', LOADER);
  const grub = await guest.grub(PATIENCE);
  await guest.reach('guest-bootloader');
  grub.boot();
  await guest.reach('guest-kernel', PATIENCE);
  expect(await guest.type()).toBe('hvm');
});
