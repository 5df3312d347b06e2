import { expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { SysinstMenu } from './sysinst-menu.ts';

const TITLES = ['Install NetBSD to hard disk', 'Upgrade NetBSD on a hard disk', 'Utility menu'];
const LETTERS = ['a', 'b', 'e'];

/** An installer that draws a menu at once, and moves its mark when a letter comes. */
function installer(edge: string) {
  const { guest, console } = scriptedConsole();
  let marked = 0;
  const row = (at: number) =>
    `\x1b[${5 + at};10H${edge}${at === marked ? '>' : ' '}${LETTERS[at]}: ${(TITLES[at] ?? '').padEnd(40)}${edge}`;
  guest.onInput = (text) => {
    const at = LETTERS.indexOf(text);
    if (at < 0) return;
    const old = marked;
    marked = at;
    guest.print(row(old) + row(at));
  };
  guest.print(`\x1b[H\x1b[2J\x1b[3;10H${edge} NetBSD-9.3 Install System ${edge}`);
  guest.print(TITLES.map((_, at) => row(at)).join(''));
  return { guest, console };
}

test.each(['', '*', '│', '|'])("the installer's menu, in a box of %j", async (edge) => {
  const { guest, console } = installer(edge);
  const menu = await SysinstMenu.open(console);
  expect(menu.entries).toEqual(TITLES);
  expect(menu.highlighted).toBe(TITLES[0]);
  expect(await menu.choose(/Utility/)).toBe('Utility menu');
  expect(menu.highlighted).toBe('Utility menu');
  expect(guest.received).toBe('e\r');
});

test('what is marked already is chosen by Enter alone', async () => {
  const { guest, console } = installer('*');
  await (await SysinstMenu.open(console)).choose('Install NetBSD');
  expect(guest.received).toBe('\r');
});

test('an entry that is not there is an error that names those that are', async () => {
  const menu = await SysinstMenu.open(installer('*').console);
  const failure = await menu.choose('Install Linux').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ScenarioError);
  expect((failure as ScenarioError).facts.next).toContain('"Utility menu"');
});

/** As curses draws it on a vt100: the box in the alternative character set, the mark, and its entry in reverse video. */
test('a box of line characters, an entry in reverse video, and an exit', async () => {
  const { guest, console } = scriptedConsole();
  const line = (at: number, text: string) => `\x1b[${at};21H\x1b(0x\x1b(B${text}\x1b(0x\x1b(B`;
  guest.print(`\x1b[H\x1b[2J\x1b[9;21H\x1b(0l${'q'.repeat(33)}k\x1b(B`);
  guest.print(line(10, ' NetBSD-10.0 Install System      '));
  guest.print(line(12, '>\x1b[7ma: Install NetBSD to hard disk\x1b[m  '));
  guest.print(line(13, ' e: MS-DOS, or Linux             '));
  guest.print(line(14, ' x: Exit Install System          '));
  guest.print(`\x1b[15;21H\x1b(0m${'q'.repeat(33)}j\x1b(B\x1b[12;22H`);
  const menu = await SysinstMenu.open(console);
  expect(menu.entries).toEqual(['Install NetBSD to hard disk', 'MS-DOS, or Linux', 'Exit Install System']);
  expect(menu.highlighted).toBe('Install NetBSD to hard disk');
});

test.each(['x>Hit enter to continue  x', '│>Hit enter to continue │', '>Hit enter to continue'])(
  'a menu that only wants Enter: %s',
  async (row) => {
    const { guest, console } = scriptedConsole();
    guest.print(`\x1b[H\x1b[2J\x1b[5;10H I found only one disk, wd0.\x1b[9;20H${row}`);
    const menu = await SysinstMenu.open(console);
    expect(menu.highlighted).toBe('Hit enter to continue');
    await menu.choose(/Hit enter/);
    expect(guest.received).toBe('\r');
  },
);

test('more entries than letters', async () => {
  const { guest, console } = scriptedConsole();
  guest.print(
    '\x1b[H\x1b[2J\x1b[5;10H>z: Last of the small letters\x1b[6;10H A: The first that has a big one',
  );
  guest.onInput = () => guest.print('\x1b[5;10H \x1b[6;10H>');
  const menu = await SysinstMenu.open(console);
  await menu.choose(/big one/);
  expect(guest.received).toBe('A\r');
});
