import { describe, expect, test } from 'vitest';
import { EndOfStreamError, ScenarioError } from '../errors.ts';
import { ScriptedGuest, scriptedConsole } from './testing/scripted-guest.ts';
import { echoing } from './testing/scripted-terminal.ts';

describe('a wait', () => {
  test('gives what it saw, and leaves the rest unread', async () => {
    const { guest, console } = scriptedConsole({}, { clock: () => 1_234 });
    guest.print('Debian\r\nlogin: root\r\nlogin: ');
    const seen = await console.expect(/(?<what>log)(in|out): /);
    expect(seen).toEqual({
      before: 'Debian\r\n',
      text: 'login: ',
      groups: ['log', 'in'],
      named: { what: 'log' },
      atMs: 1_234,
      start: 8,
      end: 15,
    });
    expect((await console.expect('login: ')).before).toBe('root\r\n');
    expect(console.cursor).toBe(console.transcript.end);
  });

  test('for several patterns names the first in the stream, not in the list', async () => {
    const { guest, console } = scriptedConsole();
    const seen = console.expectOneOf({ login: 'login: ', emergency: /emergency mode/, panic: 'panic' });
    guest.print('emergency mode\nlogin: ', [3, 9, 15]);
    expect((await seen).is).toBe('emergency');
    expect((await console.expectOneOf({ login: 'login: ' })).is).toBe('login');
  });

  test('skips what was dropped, and never goes back', async () => {
    const { guest, console } = scriptedConsole();
    guest.print('ready ready ');
    console.skip(3);
    console.skip(1);
    console.skip(10_000);
    expect(console.cursor).toBe(12);
    guest.print('ready');
    expect((await console.expect('ready')).start).toBe(12);
  });

  test('has a before of any length read back, the last MiB of it', async () => {
    const { guest, console } = scriptedConsole();
    guest.print('start\n');
    guest.print('y'.repeat(5 << 20));
    guest.print('end');
    const { before, start } = await console.expect('end');
    expect(start).toBe(6 + (5 << 20));
    expect(before).toBe('y'.repeat(1 << 20));
  });

  test('takes any amount of bytes at once', async () => {
    const { guest, console } = scriptedConsole();
    const seen = console.expect('needle');
    guest.print(`${'x'.repeat(3 << 20)}needle${'x'.repeat(6 << 20)}`);
    expect((await seen).start).toBe(3 << 20);
  });

  test.each([
    ['another wait is under way', (c: Waiting) => c.expect('x'), /already waiting for "never"/],
    ['it has nothing to wait for', (c: Waiting) => c.expectOneOf({}), /no pattern/],
    ['its timeout is no time', (c: Waiting) => c.until('x', NEVER, { timeout: Number.NaN }), /not NaN/],
    ['its timeout is negative', (c: Waiting) => c.until('x', NEVER, { timeout: -1 }), /not -1/],
  ])('is refused when %s', async (_, wait, message) => {
    const { guest, console } = scriptedConsole();
    const other = console.expect('never');
    await expect(wait(console)).rejects.toThrow(ScenarioError);
    await expect(wait(console)).rejects.toThrow(message);
    guest.end();
    await expect(other).rejects.toThrow(EndOfStreamError);
  });
});

type Waiting = ReturnType<typeof scriptedConsole>['console'];
const NEVER = { check: () => undefined };

describe('an echo is not what is awaited', () => {
  test('by a wait that follows the typing', async () => {
    const { guest, console } = scriptedConsole();
    echoing(guest);
    guest.print('$ ');
    await console.sendLine('echo ready to go, all is ready');
    guest.print('ready');
    expect(await console.expect('ready')).toMatchObject({ before: '$ echo ready to go, all is ready\r\n' });
  });

  test('by a wait that was begun before', async () => {
    const { guest, console } = scriptedConsole();
    echoing(guest);
    guest.print('$ ');
    const seen = console.expect('ready');
    await console.sendLine('echo ready');
    const echoEnd = console.transcript.end;
    guest.print('ready');
    expect((await seen).start).toBe(echoEnd);
  });

  test('but what the kernel says meanwhile is', async () => {
    const { guest, console } = scriptedConsole();
    echoing(guest, { before: new Map([[7, '[    1.0] device ready\r\n']]) });
    const seen = console.expect('ready');
    await console.type('echo ready');
    expect((await seen).start).toBe(7 + '[    1.0] device '.length);
  });

  test('and the error says so', async () => {
    const { guest, console } = scriptedConsole();
    echoing(guest);
    await console.sendLine('echo ready');
    await expect(console.expect(/r\w+dy/, { timeout: 1 })).rejects.toThrow(
      'probably    "ready" is there only in the echo of what was typed, which does not count',
    );
  });

  test('even when it did not come whole', async () => {
    const { guest, console } = scriptedConsole();
    echoing(guest, { lose: (line) => line === 'echo read' });
    const seen = console.expect('read');
    await expect(console.type('echo ready', { timeout: 100 })).rejects.toThrow('the echo was "echo read"');
    guest.end();
    await expect(seen).rejects.toThrow(EndOfStreamError);
  });
});

describe('the wire', () => {
  test('may change: the transcript goes on, and the old one is not heard any more', async () => {
    const { guest, console } = scriptedConsole();
    guest.print('one\x1b[');
    guest.end();
    expect(console.ended).toBe(true);
    const next = new ScriptedGuest();
    console.attach(next);
    expect(guest.isClosed).toBe(true);
    expect(console.ended).toBe(false);
    guest.print('ghost');
    next.print(' two');
    guest.end();
    expect(console.ended).toBe(false);
    expect((await console.expect('two')).before).toBe('one ');
    console.press('up');
    expect([guest.received, next.received]).toEqual(['', '\x1b[A']);
  });

  test('shows new bytes to observers before waits, and raw to taps', () => {
    const { guest, console } = scriptedConsole();
    const seen: string[] = [];
    const stops = [
      console.onChange(() => seen.push('wait')),
      console.observe(() => seen.push('observer')),
      console.onBytes((bytes) => seen.push(Buffer.from(bytes).toString())),
    ];
    guest.print('\x1b[1mx');
    for (const stop of stops) stop();
    guest.print('y');
    expect(seen).toEqual(['\x1b[1mx', 'observer', 'wait']);
  });
});

test('a quiet console is waited for, one that never is for 2 s', async () => {
  const { guest, console } = scriptedConsole();
  guest.print('x');
  await console.untilQuiet();
  expect(console.transcript.end).toBe(1);
});
