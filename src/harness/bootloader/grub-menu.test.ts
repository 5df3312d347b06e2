import { expect, test } from 'vitest';
import { ExpectTimeoutError, ScenarioError } from '../../errors.ts';
import { scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { recordedGrub } from './fixtures/recorded-grub.ts';
import { GrubMenu } from './grub-menu.ts';

const TITLES = [
  'Debian GNU/Linux',
  'Debian GNU/Linux, with Xen hypervisor',
  'Advanced options for Debian GNU/Linux',
  'A title that is much longer than the box of the menu is wide, so that GRUB>',
];
const kernels = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => `Linux 6.1.0-${first + i}`);

test.each([0.02, 0.3, 0.7, 0.99])("GRUB's menu, each answer cut at %f", async (cut) => {
  const { console, isOver } = recordedGrub('grub-menu', cut);
  const menu = await GrubMenu.open(console);
  expect(menu.entries).toEqual(TITLES);
  expect(menu.highlighted).toBe(TITLES[1]);
  expect(await menu.untilCountdown((seconds) => seconds < 20)).toBe(19);

  // Any key stops the countdown; beyond the edge nothing moves.
  expect(await menu.move('up')).toBe(TITLES[0]);
  expect(menu.countdown).toBeUndefined();
  expect(await menu.move('up')).toBe(TITLES[0]);
  expect(await menu.select(/longer than/)).toBe(TITLES[3]);
  expect(await menu.move('down')).toBe(TITLES[3]);

  const none = await menu.select('FreeBSD').catch((error: unknown) => error);
  expect(none).toBeInstanceOf(ScenarioError);
  expect((none as ScenarioError).facts.next).toBe(
    `the entries are: ${TITLES.map((title) => `"${title}"`).join(', ')}`,
  );

  // A submenu that is longer than the screen.
  await menu.select(/Advanced/);
  menu.boot();
  await console.screen.until('the submenu', () => menu.entries[0] === 'Linux 6.1.0-1' || undefined);
  await menu.back();
  expect(menu.entries).toEqual(kernels(1, 11));
  expect(await menu.select(/6\.1\.0-13$/)).toBe('Linux 6.1.0-13');
  expect(menu.entries).toEqual(kernels(3, 13));
  expect(await menu.select(/6\.1\.0-1$/)).toBe('Linux 6.1.0-1');
  expect(menu.entries).toEqual(kernels(1, 11));
  expect(isOver()).toBe(true);
});

test.each([0.02, 0.5, 0.9])('pvgrub, which highlights by colours, each answer cut at %f', async (cut) => {
  const { console, isOver } = recordedGrub('pvgrub-menu', cut);
  const menu = await GrubMenu.open(console);
  expect(menu.entries).toEqual(['Debian GNU/Linux', 'Debian GNU/Linux, single user']);
  expect(menu.highlighted).toBe('Debian GNU/Linux');
  expect(await menu.move('down', { timeout: 2_000 })).toBe('Debian GNU/Linux, single user');
  expect(isOver()).toBe(true);
});

test('a menu that does not come is an error that shows the screen', async () => {
  const { guest, console } = scriptedConsole();
  guest.print('\x1b[2J\x1b[3;5HGRUB loading.\x1b[5;5HWelcome to GRUB!');
  const error = await GrubMenu.open(console, { timeout: 20 }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ExpectTimeoutError);
  expect((error as ExpectTimeoutError).facts.lastLines?.map(({ text }) => text)).toEqual([
    '    GRUB loading.',
    '    Welcome to GRUB!',
  ]);
});
