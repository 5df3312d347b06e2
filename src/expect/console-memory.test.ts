/** Consoles whose wire is replaced by one that goes on with the next byte, and those that go on in another process. */
import { expect, test } from 'vitest';
import { ScriptedGuest, scriptedConsole } from './testing/scripted-guest.ts';
import { echoing } from './testing/scripted-terminal.ts';

test('a drained console takes what still comes, does not end, and goes on in the middle of an escape sequence', async () => {
  const { guest, console } = scriptedConsole();
  guest.print('one \x1b[3');
  const drained = console.drain();
  const wait = console.expect('two three');
  guest.print('1mtwo \x1b[');
  guest.end();
  await drained;
  expect(console.ended).toBe(false);

  const next = new ScriptedGuest();
  console.attach(next);
  next.print('0mthree');
  expect((await wait).before).toBe('one ');
  next.end();
  expect(console.ended).toBe(true);
});

test('a drained console that nobody takes on ends when it is told to', async () => {
  const { guest, console } = scriptedConsole();
  const drained = console.drain();
  guest.end();
  await drained;
  const wait = console.expect('never');
  console.end();
  await expect(wait).rejects.toMatchObject({ name: 'EndOfStreamError' });
  await console.drain();
});

test('what was unread, and what was an echo, is so in the next process too', async () => {
  const { guest, console } = scriptedConsole();
  echoing(guest);
  guest.print('login: ');
  await console.expect('login: ');
  await console.type('root');
  guest.print('\r\nroot@dom0\r\n');

  const { console: next } = scriptedConsole();
  next.transcript.receive(Buffer.from(console.transcript.text(0)), 5);
  next.recall(console.memory);
  const { start, atMs } = await next.expect('root');
  expect(console.transcript.text(start, start + 9)).toBe('root@dom0');
  expect(atMs).toBe(5);
  expect(next.typing).toEqual({ sent: 4, echoed: 4, retyped: 0 });
});
