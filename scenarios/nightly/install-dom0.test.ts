/**
 * "Install the dom0": install media and an empty disk of 20 GB, driven over the serial port. Nothing here takes the
 * installed system to have `xl` or dnf: Fedora 16 has `xm`, xend and yum 3.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  backingChain,
  type Console,
  expect,
  type Machine,
  test,
  whyNoImage,
} from '../../src/harness/index.ts';

const MINUTE = 60_000;
const GIB = 2 ** 30;
/** Preseed and kickstart, at http://10.0.2.100/install/ for the installer. */
const ANSWERS = join(import.meta.dirname, 'install-dom0');
/** An emulated installer may need this long from one question to the next. */
const timeout = 4 * MINUTE;

const PROMPT = /Prompt: [^\n]*> /;

/** Answers the question that comes next: with this text, or with the number that its list has for this choice. */
async function answer(
  console: Console,
  question: string | RegExp,
  reply: { type: string } | { choose: string },
) {
  await console.expect(question, { timeout });
  const { before } = await console.expect(PROMPT, { timeout });
  await console.sendLine('type' in reply ? reply.type : numberOf(reply.choose, before));
}

/** ` 15: United Kingdom,` → `15`; the default has a mark behind it. */
function numberOf(choice: string, list: string): string {
  const [, number] = new RegExp(`(\\d+): ${choice}(?: \\[\\*\\])?(?:,|\\s|$)`).exec(list) ?? [];
  expect(number, `${choice} is among:\n${list}`).toBeDefined();
  return number as string;
}

async function emptyDisk(machine: Machine): Promise<string> {
  const [disk] = machine.spec.disks;
  expect(disk && (await backingChain(disk))).toEqual({ sizeBytes: 20 * GIB, layers: [] });
  return disk?.file as string;
}

/**
 * Debian's network installer has neither disk drivers nor a partitioner in it: it fetches both from a mirror, and this
 * machine has none. So this goes as far as the mirror, which the preseed says is at our own address, where it is not.
 */
test('Debian asks as far as its mirror', { timeout: 20 * MINUTE }, async ({ launch }) => {
  const machine = await launch('debian-installer', {
    disks: [{ blank: '20G' }],
    serve: { install: ANSWERS },
    append: { linux: 'url=http://10.0.2.100/install/preseed.cfg' },
  });
  const disk = await emptyDisk(machine);
  const console = machine.console();
  await answer(console, 'Language:', { choose: 'English' });
  await answer(console, 'Country, territory or area:', { choose: 'United Kingdom' });
  await answer(console, 'Keymap to use:', { choose: 'British English' });
  // The machine's network has no way out, and the installer notices.
  await answer(console, 'Continue without a default route?', { choose: 'Yes' });
  await answer(console, 'Name server addresses:', { type: '' });
  await answer(console, 'Hostname:', { type: 'dom0' });
  await answer(console, 'Domain name:', { type: 'example.test' });
  await console.expect('ERROR: Bad archive mirror', { timeout });

  const asked = machine.http.requests.map(({ path, status }) => `${status} ${path}`);
  // The network works: answers came from there, and those say where the mirror is.
  expect(asked).toContain('200 /install/preseed.cfg');
  expect(asked).toContainEqual(expect.stringMatching(/^404 \/debian\/dists\/[^/]+\/Release$/));
  expect(statSync(disk).size, 'nothing is written before a person is asked about the disk').toBeLessThan(
    2 ** 20,
  );
});

/** Needs Fedora's DVD, which not everybody has: `DOMES_IMAGE_FEDORA_16=<path of the ISO> npm run nightly`. */
test('Fedora 16 installs itself', { timeout: 120 * MINUTE }, async ({ launch, skip }) => {
  const missing = await whyNoImage('fedora-16');
  if (missing) return skip(missing);

  const machine = await launch('fedora-16', {
    disks: [{ blank: '20G' }],
    serve: { install: ANSWERS },
    append: { 'isolinux/vmlinuz': 'ks=http://10.0.2.100/install/fedora-16.ks ksdevice=eth0 ip=dhcp' },
  });
  const disk = await emptyDisk(machine);
  const console = machine.console();
  await console.expect(/anaconda/i, { timeout: 10 * MINUTE });
  expect(machine.http.requests).toContainEqual(
    expect.objectContaining({ path: '/install/fedora-16.ks', status: 200, complete: true }),
  );
  // The kickstart says `poweroff`: the kernel's last word, with or without its time stamp.
  await console.expect(/Power down|System halted/, { timeout: 110 * MINUTE });
  expect(statSync(disk).size).toBeGreaterThan(GIB / 2);
});
