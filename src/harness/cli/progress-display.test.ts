import { expect, it } from 'vitest';
import { progressDisplay } from './progress-display.ts';

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 40, write: (text: string) => written.push(text), written };
}

it('rewrites one line on a terminal, no oftener than the eye can follow', () => {
  const terminal = output(true);
  let clock = 0;
  const display = progressDisplay('slim', terminal, { now: () => clock });
  display.report({ doing: 'downloading a.qcow2', done: 0, total: 2_000_000, unit: 'bytes' });
  display.report({ doing: 'downloading a.qcow2', done: 10, total: 2_000_000, unit: 'bytes' });
  clock += 150;
  display.report({ doing: 'downloading a.qcow2', done: 1_000_000, total: 2_000_000, unit: 'bytes' });
  expect(terminal.written).toEqual([
    '\r\x1b[2Kslim: downloading a.qcow2, 0 % (0 bytes',
    '\r\x1b[2Kslim: downloading a.qcow2, 50 % (1.0 MB',
  ]);
  display[Symbol.dispose]();
});

it('writes a line for each new activity elsewhere, and now and then the same again', () => {
  const log = output(false);
  let clock = 0;
  using display = progressDisplay('slim', log, { now: () => clock });
  display.report({ doing: 'retrieving file 1 of 9', done: 0, total: 100, unit: 'percent' });
  display.report({ doing: 'retrieving file 5 of 9', done: 50.4, total: 100, unit: 'percent' });
  clock += 16_000;
  display.report({ doing: 'retrieving file 6 of 9', done: 60, total: 100, unit: 'percent' });
  display.report({ doing: 'unpack the packages' });
  expect(log.written).toEqual([
    'slim: retrieving file 1 of 9, 0 %\n',
    'slim: retrieving file 6 of 9, 60 % (16 s)\n',
    'slim: unpack the packages (16 s)\n',
  ]);
});

it('loses no note, and lets no escape sequence through', () => {
  const terminal = output(true);
  const display = progressDisplay('slim', terminal, { now: () => 0 });
  display.report({ doing: 'bad \x1b]0;title\x07 line' });
  display.note('the archive has moved on');
  display[Symbol.dispose]();
  display[Symbol.dispose]();
  expect(terminal.written).toEqual([
    '\r\x1b[2Kslim: bad ␛]0;title␇ line',
    '\r\x1b[2Kslim: the archive has moved on\n',
    '\r\x1b[2Kslim: bad ␛]0;title␇ line',
    '\r\x1b[2K',
  ]);
});
