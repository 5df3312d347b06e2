import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HostError } from '../../errors.ts';
import { type ScriptedConsole, scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { ConsoleBroker } from './broker.ts';

let folder: string;
let path: string;
let one: ScriptedConsole;
let broker: ConsoleBroker;
const recorded: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'domes-broker-'));
  path = join(folder, 'console.sock');
  recorded.length = 0;
  const recorder = {
    received: () => {},
    sent: (bytes: Uint8Array) => recorded.push(Buffer.from(bytes).toString()),
  };
  one = scriptedConsole({}, { recorder });
  // Something that was left there is no hindrance.
  writeFileSync(path, '');
  broker = await ConsoleBroker.open(one.console, path);
});

afterEach(async () => {
  await broker[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A client that has got the beginning. */
async function attach(beginning: string): Promise<{ socket: Socket; until(text: string): Promise<string> }> {
  const socket = connect(path);
  let seen = '';
  socket.on('data', (bytes: Buffer) => {
    seen += bytes.toString();
  });
  const until = async (text: string) => {
    while (!seen.endsWith(text)) await once(socket, 'data');
    return seen;
  };
  await until(beginning);
  return { socket, until };
}

test('whoever attaches gets the latest part and what follows, raw', async () => {
  one.guest.print('\x1b[1mlogin: ');
  const first = await attach('\x1b[1mlogin: ');
  one.guest.print('root');
  const second = await attach('\x1b[1mlogin: root');
  one.guest.print('\r\n');
  expect(await first.until('\r\n')).toBe('\x1b[1mlogin: root\r\n');
  expect(await second.until('\r\n')).toBe('\x1b[1mlogin: root\r\n');
  expect(broker.clients).toBe(2);
  first.socket.destroy();
  second.socket.destroy();
});

test('what is typed goes to the guest, and is recorded as sent', async () => {
  one.guest.print('$ ');
  const { socket } = await attach('$ ');
  const arrived = new Promise<void>((resolve) => {
    one.guest.onInput = (text) => {
      one.guest.print(text);
      if (one.guest.received.endsWith('\r')) resolve();
    };
  });
  socket.write('ls\r');
  await arrived;
  expect(one.guest.received).toBe('ls\r');
  expect(recorded.join('')).toBe('ls\r');
  socket.destroy();
});

test('a client that reads nothing is cut off, and holds nobody up', async () => {
  one.guest.print('x');
  const slow = await attach('x');
  slow.socket.pause();
  const quick = await attach('x');
  let received = 0;
  quick.socket.on('data', (bytes: Buffer) => {
    received += bytes.length;
  });
  const closed = once(slow.socket, 'close');
  const pieces = 400;
  for (let i = 0; i < pieces; i++) {
    one.guest.print('y'.repeat(16_384));
    await new Promise(setImmediate);
  }
  slow.socket.resume();
  await closed;
  while (received < pieces * 16_384) await once(quick.socket, 'data');
  expect(one.console.transcript.end).toBe(1 + pieces * 16_384);
  expect(broker.clients).toBe(1);
  quick.socket.destroy();
});

test('only this user may connect', () => {
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('with the machine it goes away: clients, listener and file, once and for all', async () => {
  one.guest.print('x');
  const { socket } = await attach('x');
  const closed = once(socket, 'close');
  await broker[Symbol.asyncDispose]();
  await broker[Symbol.asyncDispose]();
  await closed;
  expect(() => statSync(path)).toThrow('ENOENT');
  one.guest.print('to nobody');
});

test('a client that is dead when it is written to does no harm', async () => {
  one.guest.print('x');
  const { socket } = await attach('x');
  socket.destroy();
  for (let i = 0; i < 100; i++) one.guest.print('y'.repeat(1_000));
  const next = await attach('y');
  expect(broker.clients).toBeLessThanOrEqual(2);
  next.socket.destroy();
});

test.each([
  ['a folder that is not there', () => join(folder, 'missing', 'console.sock'), /ENOENT|EACCES/],
  ['a path too long for a socket', () => join(folder, 'x'.repeat(120)), /at most 107 bytes/],
])('%s is a clear error', async (_, where, message) => {
  const opened = ConsoleBroker.open(one.console, where());
  await expect(opened).rejects.toThrow(HostError);
  await expect(opened).rejects.toThrow(message);
});
