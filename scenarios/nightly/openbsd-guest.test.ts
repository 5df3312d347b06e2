/**
 * OpenBSD's installer as an HVM guest: a whole PC, whose BIOS boots OpenBSD's CD or disk from the emulated IDE controller.
 * Its loader speaks on the display, until it is told to use the serial port; so does its kernel, bsd.rd, which no other
 * loader here could boot. The medium is in no package that domes could fetch: whoever has one names it. The whole way is
 * shown with a CD that everybody has, whose loader speaks on the display as well.
 */
import { stat } from 'node:fs/promises';
import {
  expect,
  findImage,
  type GuestConfig,
  type Image,
  type Launch,
  openDom0,
  test,
  whyNoImage,
  type XenGuest,
} from '../../src/harness/index.ts';
import { standIn } from '../story/stand-in.ts';

const MINUTE = 60_000;
/** A kernel that the device model reads from a CD, sector by sector: minutes of silence. */
const PATIENCE = { timeout: 20 * MINUTE, silentFor: 2 * MINUTE };
/** Backspace stops a loader's countdown, and nothing else. */
const LOADER = { timeout: 10 * MINUTE, meanwhile: 'backspace' };

const MEDIUM = '/root/medium';
/** It is unpacked into dom0's memory, and OpenBSD's smaller media (cd76.iso, miniroot76.img) are 6 to 15 MB. */
const MAX_MEDIUM_BYTES = 200 * 1024 * 1024;

/** A PC with the medium in its drive. */
function pcWith({ spec: { cdrom, disk } }: Image): GuestConfig {
  const pc = { name: 'openbsd', type: 'hvm', memory: 256 } as const;
  const settings = { vga: 'stdvga', vnc: 0, usb: 0 };
  if (cdrom !== undefined) return { ...pc, disk: `${MEDIUM},raw,hdc,r,devtype=cdrom`, boot: 'd', settings };
  return { ...pc, disk: `${MEDIUM},${disk?.format ?? 'raw'},hda,w`, boot: 'c', settings };
}

async function begin(launch: Launch): Promise<XenGuest> {
  const medium = await findImage('openbsd');
  const [path = ''] = Object.values(medium.files);
  expect((await stat(path)).size, `${path} is too big: use cdXX.iso or minirootXX.img`).toBeLessThan(
    MAX_MEDIUM_BYTES,
  );
  const machine = await launch('hvm-dom0', { files: { [MEDIUM]: { image: 'openbsd' } } });
  const dom0 = await openDom0(machine);
  return dom0.guest(pcWith(medium));
}

/** Waits for the loader's prompt on the display, and types a line there. */
async function typeAtLoader({ display }: XenGuest, prompt: RegExp, line: string): Promise<void> {
  await display.expect('Booting from', { timeout: 10 * MINUTE });
  await display.expect(prompt, LOADER);
  await display.sendLine(line, { timeout: 3 * MINUTE });
}

/** `DOMES_IMAGE_OPENBSD=<cd76.iso, or miniroot76.img> DOMES_NIGHTLY=1 npx vitest run scenarios/nightly/openbsd-guest.test.ts` */
test("OpenBSD's installer boots in an HVM guest, and has a shell", { timeout: 60 * MINUTE }, async ({
  launch,
  skip,
}) => {
  const missing = await whyNoImage('openbsd');
  if (missing) return skip(missing);

  const guest = await begin(launch);
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
  const guest = await begin(launch);
  // Without the last one Linux looks for an AGP bridge for a minute: recipes/hvm-dom0/NOTES.md.
  await typeAtLoader(guest, /^boot:/m, 'linux console=ttyS0 pci=noearly');
  await guest.reach('guest-kernel', PATIENCE);
  const shell = await guest.shell(PATIENCE);
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('HVM');
  expect(await shell.succeed('cat /proc/cmdline')).toContain('console=ttyS0 pci=noearly');
  expect(await guest.type()).toBe('hvm');
});
