import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loggedWire } from './logged-wire.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-logged-wire-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function wired() {
  const file = join(folder, `${++count}.log`);
  writeFileSync(file, 'before');
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  let text = '';
  let ends = 0;
  const wire = loggedWire(socket, file);
  wire.open({
    bytes: (chunk) => {
      text += Buffer.from(chunk).toString();
    },
    end: () => ends++,
  });
  const logged = (more: string) => appendFileSync(file, more);
  return { socket, wire, logged, text: () => text, ends: () => ends };
}

test('what the socket lost comes from the log, in its place, without anything that came after it', async () => {
  const { socket, logged, text, wire } = wired();
  socket.push('line 1\n');
  logged('line 1\nline 2\n');
  await expect.poll(text).toBe('line 1\nline 2\n');
  socket.push('line 4\n');
  await pause(5);
  // QEMU logs behind its sending.
  logged('line 3\nline 4\n');
  await expect.poll(text).toBe('line 1\nline 2\nline 3\nline 4\n');
  // The last of all was lost, and was logged after what was heard.
  socket.push('5');
  logged('5');
  await pause(5);
  logged('6');
  await expect.poll(text).toBe('line 1\nline 2\nline 3\nline 4\n56');
  wire.close();
});

test('a log that is read before the socket is no loss and no double', async () => {
  const { socket, logged, text, ends } = wired();
  socket.push('a');
  logged('abc');
  await expect.poll(text).toBe('abc');
  socket.push('bc');
  socket.push('d');
  logged('d');
  await expect.poll(text).toBe('abcd');
  socket.push(null);
  await expect.poll(ends).toBe(1);
  expect(text()).toBe('abcd');
});

test('a log that can not be written leaves the socket alone', async () => {
  const { socket, text, ends } = wired();
  socket.push('a');
  socket.push('b');
  await expect.poll(text, { timeout: 5_000 }).toBe('ab');
  socket.push('c');
  await expect.poll(text).toBe('abc');
  socket.push(null);
  await expect.poll(ends).toBe(1);
});

test('at the end all comes that there is', async () => {
  const { socket, logged, text, ends } = wired();
  socket.push('a');
  logged('a');
  await expect.poll(text).toBe('a');
  logged('b');
  socket.push(null);
  await expect.poll(ends).toBe(1);
  expect(text()).toBe('ab');
  socket.destroy();
  await pause(5);
  expect(ends()).toBe(1);
});
