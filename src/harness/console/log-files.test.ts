import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { ConsoleLog } from './log-files.ts';

test('a console leaves its text and its times, and reads what it has forgotten from them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'domes-log-'));
  const log = new ConsoleLog(folder, 'guest');
  let now = 0;
  const { guest, console } = scriptedConsole({}, { clock: () => now, history: log, recorder: log });
  guest.print('\x1b[1mlogin: ');
  now = 0.5;
  guest.print('\x1b[0m');
  now = 12.34;
  console.send(Buffer.from('ä\r'));
  guest.print('x\n'.repeat(2_000_000));
  expect(await console.expect('login: ')).toMatchObject({ start: 0, end: 7 });
  expect(console.transcript.lineNumber(console.transcript.end)).toBe(2_000_001);
  log[Symbol.dispose]();
  log[Symbol.dispose]();

  const text = readFileSync(join(folder, 'guest.txt'), 'utf8');
  expect(text === `login: ${'x\n'.repeat(2_000_000)}`).toBe(true);
  expect(readFileSync(join(folder, 'guest.times'), 'utf8').split('\n').slice(0, 3)).toEqual([
    '[0,"o",15]',
    '[12.3,"i","Ã¤\\r"]',
    '[12.3,"o",4000000]',
  ]);
  expect(log.trouble).toBeUndefined();
  // Errors are rendered after the machine has ended as well.
  expect(console.transcript.text(0, 7)).toBe('login: ');
  rmSync(folder, { recursive: true });
});
