import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { type BsdPromptName, nextBsdPrompt } from './prompt.ts';

/** Questions as the kernels and programs print them, with what comes before. */
const ASKED: readonly (readonly [BsdPromptName, string | undefined, string])[] = [
  ['root-device', undefined, '[   1.0300050] boot device: <unknown>\r\n[   1.0300050] root device: '],
  ['root-device', 'xbd0a', 'boot device: xbd0\r\nroot device (default xbd0a): '],
  ['root-device', 'sd0a', 'root device (default sd0a): '],
  ['dump-device', 'xbd0b', 'dump device (default xbd0b): '],
  ['file-system', 'generic', 'file system (default generic): '],
  ['init-path', '/sbin/init', 'exec /sbin/init: error 2\r\ninit path (default /sbin/init): '],
  [
    'mountroot',
    undefined,
    'Mounting from ufs:/dev/ada0p2 failed with error 19.\r\n\r\nManual root filesystem specification:\r\n\r\nmountroot> ',
  ],
  ['loader', undefined, "can't find 'kernel'\r\n\r\nType '?' for a list of commands\r\nOK "],
  ['loader', undefined, '>> OpenBSD/amd64 CDBOOT 3.65\r\nboot> '],
  ['single-user', '/bin/sh', 'Enter full pathname of shell or RETURN for /bin/sh: '],
  [
    'single-user',
    'sh',
    'root on rd0a swap on rd0b dump on rd0b\r\nEnter pathname of shell or RETURN for sh: ',
  ],
  ['terminal-type', 'vt100', 'erase ^H, werase ^W, kill ^U, intr ^C\r\nTerminal type? [vt100] '],
  ['sysinst', undefined, '\x1b[H\x1b[2J\x1b[8;10H>a: Installation messages in English'],
  [
    'installer',
    undefined,
    'Welcome to the OpenBSD/amd64 7.6 installation program.\r\n(I)nstall, (U)pgrade, (A)utoinstall or (S)hell? ',
  ],
  ['login', undefined, '\r\nNetBSD/amd64 (Amnesiac) (constty)\r\n\r\nlogin: '],
];

test.each(ASKED)('%s: %s', async (is, offered, text) => {
  const { guest, console } = scriptedConsole();
  guest.print(`a line before\r\n${text}`);
  expect(await nextBsdPrompt(console)).toEqual({ is, offered });
});

test('wherever the bytes are cut the question is the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ASKED),
      fc.array(fc.nat(160), { maxLength: 6 }),
      async ([is, , text], cuts) => {
        const { guest, console } = scriptedConsole();
        guest.print(`a line before\r\n${text}`, cuts);
        expect((await nextBsdPrompt(console)).is).toBe(is);
      },
    ),
    { numRuns: 60 },
  );
});

test('a login that a line of log tells about is no question', async () => {
  const { guest, console } = scriptedConsole();
  guest.print('sshd: root login: refused\r\nroot device: sd0a (6a1f.a)\r\n');
  const asked = nextBsdPrompt(console, { timeout: 2_000 });
  guest.print('mountroot> ');
  expect((await asked).is).toBe('mountroot');
});
