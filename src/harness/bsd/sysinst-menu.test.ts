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
