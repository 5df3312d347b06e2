/** A person at GRUB's menu: arrow keys, the countdown, an entry edited for one boot, an entry that can't boot. */
import { expect, test } from '../src/harness/index.ts';

test('arrow keys move the highlight, and any key stops the countdown', async ({ launch }) => {
  const machine = await launch('slim-dom0');
  const grub = await machine.grub();
  expect(grub.entries).toHaveLength(3);
  expect(grub.highlighted).toBe(grub.entries[0]);
  expect(await grub.untilCountdown()).toBeGreaterThan(0);

  expect(await grub.move('down')).toBe(grub.entries[1]);
  expect(grub.countdown).toBeUndefined();
  expect(await grub.move('down')).toBe(grub.entries[2]);
  expect(await grub.move('up')).toBe(grub.entries[1]);
});

test('left alone, the menu counts down and boots its default entry', async ({ launch }) => {
  const machine = await launch('slim-dom0');
  const grub = await machine.grub();
  const first = await grub.untilCountdown();
  expect(await grub.untilCountdown((seconds) => seconds < first)).toBeLessThan(first);
  await machine.reach('hypervisor');
});

test('an edited kernel line is what the kernel gets', async ({ launch }) => {
  const machine = await launch('slim-dom0');
  const grub = await machine.grub();
  await grub.select(/plain Linux/);
  const editor = await grub.edit();
  await editor.goTo(/^\s*linux /);
  await editor.type(' domes.edited=yes');
  editor.boot();

  await machine.console().expect(/Command line: [^\n]*domes\.edited=yes/);
  const shell = await machine.shell();
  expect(await shell.succeed('cat /proc/cmdline')).toMatch(/ domes\.edited=yes$/);
});

test('an entry whose kernel is missing fails with its class, and the menu comes back', async ({ launch }) => {
  const machine = await launch('slim-dom0');
  const failed = machine.expectFailure('bootloader/grub-file-not-found');
  const grub = await machine.grub();
  await grub.select(/broken entry/);
  grub.boot();

  const { evidence } = await failed({ timeout: 10_000 });
  expect(evidence.text).toMatch(/error: file `\/boot\/vmlinuz-missing' not found\./);
  machine.console().press('enter');
  await grub.back();
  // GRUB begins anew with its default entry.
  expect(grub.highlighted).toBe(grub.entries[0]);
});
