/** Shells that are taken up again, after their guest was saved, restored or taken back. */
import { describe, expect, test } from 'vitest';
import { Shell } from './shell.ts';
import { scriptedConsole } from './testing/scripted-guest.ts';
import { scriptedShell } from './testing/scripted-shell.ts';

const echoOf = (command: string) => ({ output: `<${command}>\r\n` });

describe('a shell that was open when its guest was saved', () => {
  test('is taken up again with one command, and runs on', async () => {
    const { guest, console } = scriptedConsole();
    const { commands } = scriptedShell(guest, echoOf);
    const first = await Shell.open(console);
    await first.run('before');

    const again = await Shell.adopt(console, first.memory, 'date -s');
    expect(await again.run('after')).toMatchObject({ output: '<after>', exitStatus: 0 });
    expect(commands).toEqual(['before', 'date -s', 'after']);
    expect(again.readyAtMs).toBe(first.readyAtMs);
  });

  test('owes the prompt of a command that was given up on: its answer is not taken for the next one', async () => {
    const { guest, console } = scriptedConsole();
    let shown = 0;
    scriptedShell(guest, (command) => ({ ...echoOf(command), hangs: command === 'slow' }), {
      printed: (prompt) => prompt.replace(/(dm-guest:)\d+/, (_, mark) => `${mark}${++shown}`),
    });
    const first = await Shell.open(console);
    await expect(first.run('slow', { timeout: 50 })).rejects.toMatchObject({ name: 'ExpectTimeoutError' });
    expect(first.memory.owesPrompt).toBe(true);

    const adopted = Shell.adopt(console, first.memory, 'hello');
    guest.print(`dm-guest:${++shown}:7> `);
    const again = await adopted;
    expect(await again.run('next')).toMatchObject({ output: '<next>', exitStatus: 0 });
  });
});

test('a shell whose guest went back counts from there, after the command that it is given for that', async () => {
  const { guest, console } = scriptedConsole();
  let shown = 0;
  const { commands } = scriptedShell(guest, echoOf, {
    // After the way back the guest's own count is lower than ours.
    printed: (prompt) => prompt.replace(/(dm-guest:)\d+/, (_, mark) => `${mark}${++shown}`),
  });
  const shell = await Shell.open(console);
  const then = shell.memory;
  await shell.run('one');
  await shell.run('two');
  shown = then.count;
  shell.goBack(then, () => 'set the clock');
  expect(await shell.run('three')).toMatchObject({ output: '<three>' });
  expect(await shell.run('four')).toMatchObject({ output: '<four>' });
  expect(commands.slice(-3)).toEqual(['set the clock', 'three', 'four']);
});
