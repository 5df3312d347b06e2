import { expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { recordedGrub } from './fixtures/recorded-grub.ts';
import { GrubEditor } from './grub-editor.ts';
import { GrubMenu } from './grub-menu.ts';

const LINUX =
  '  linux /boot/vmlinuz-missing root=/dev/vda1 ro console=ttyS0,115200n8 mitigations=off audit=0 apparmor=0 ' +
  'ima=off cryptomgr.notests nokaslr systemd.unit=multi-user.target net.ifnames=0';
const echoes = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => `  echo 'Line ${first + i} of a long entry'`);

test.each([0.02, 0.3, 0.7, 0.99])("GRUB's editor, each answer cut at %f", async (cut) => {
  const { console, isOver } = recordedGrub('grub-editor', cut);
  const menu = await GrubMenu.open(console);
  const title = await menu.select(/longer/);
  const editor = await menu.edit();
  // A line that GRUB broke is one line.
  expect(editor.lines).toEqual([
    "setparams 'A title that is much longer than the box of the menu is wide, so that GRUB has to cut it off somewhere'",
    ...echoes(1, 9),
  ]);

  // The text scrolls; the cursor goes to the end of the whole line, and what is typed wraps.
  await editor.goTo(/^ *linux /);
  expect(editor.lines).toEqual([...echoes(2, 10), LINUX]);
  await editor.type(' domes.edited=yes and more');
  expect(editor.lines.at(-1)).toBe(`${LINUX} domes.edited=yes and more`);

  const nothing = await editor.goTo(/nothing/).catch((error: unknown) => error);
  expect(nothing).toBeInstanceOf(ScenarioError);
  expect((nothing as ScenarioError).facts.next).toContain('domes.edited=yes and more');

  // What was edited is gone with the editor.
  editor.leave();
  await menu.back();
  expect(menu.highlighted).toBe(title);
  const again = await menu.edit();
  await again.goTo(/^ *linux /);
  expect(again.lines.at(-1)).toBe(LINUX);

  // An edited entry that can't boot comes back here.
  again.boot();
  await console.expect("error: file `/boot/vmlinuz-missing' not found.");
  await console.expect('Press any key');
  console.press('enter');
  await console.screen.until(
    'the editor',
    (rows) => rows.some(({ text }) => text.includes('F10')) || undefined,
  );
  again.leave();
  await menu.back();
  expect(isOver()).toBe(true);
});

test('a line that ends in a backslash itself is not joined with the next', async () => {
  const { guest, console } = scriptedConsole();
  const row = (y: number, text: string) => `\x1b[${y};2H|${text.padEnd(20)}| `;
  const help = '\x1b[9;2HPress Ctrl-x or F10 to boot';
  const opened = GrubEditor.open(console);
  guest.print(
    `\x1b[?25l${row(3, 'echo one \\')}${row(4, 'two')}${row(5, 'a broken long line-\\')}${row(6, 'end')}`,
  );
  guest.print(`${help}\x1b[?25h`);
  expect((await opened).lines).toEqual(['echo one \\', 'two', 'a broken long line-end']);
});

test.each(['ä', 'a\tb', '\x1b'])('the editor is not typed %j at', async (text) => {
  const { console } = recordedGrub('grub-editor', 0.5);
  const menu = await GrubMenu.open(console);
  await menu.select(/longer/);
  const editor = await menu.edit();
  await expect(editor.type(text)).rejects.toThrow(ScenarioError);
});
