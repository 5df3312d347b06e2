import { expect, test } from 'vitest';
import { scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { SyslinuxPrompt } from './syslinux-prompt.ts';

test.each([
  ['install', '', 'install\r'],
  ['install', 'answerfile=http://10.0.2.100/x', 'install answerfile=http://10.0.2.100/x\r'],
])('the entry %s is typed at ISOLINUX with %j', async (entry, append, typed) => {
  const { guest, console } = scriptedConsole();
  guest.onInput = (text) => guest.print(text.replace('\r', '\r\n'));
  guest.print('\r\nISOLINUX 4.05 0x5b2a9c4c ETCD Copyright (C) 1994-2011 H. Peter Anvin et al\r\nbo');
  const opened = SyslinuxPrompt.open(console);
  guest.print('ot: ');
  await (await opened).boot(entry, append);
  expect(guest.received).toBe(typed);
});
