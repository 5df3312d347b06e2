import { expect, test } from 'vitest';
import { screenText } from './guest-display.ts';

/** As dom0 prints it: two digits for each character of the screen. */
const shown = (rows: readonly string[]): string =>
  Buffer.from(rows.map((row) => row.padEnd(80)).join(''), 'latin1').toString('hex');

test('a screen is its rows, without the blanks behind them', () => {
  const rows = ['>> OpenBSD/amd64 CDBOOT 3.65', 'boot>', ...Array<string>(23).fill('')];
  expect(screenText(`${shown(rows)}\n`)).toBe('>> OpenBSD/amd64 CDBOOT 3.65\nboot>');
});

test('what is not ASCII is a blank, as is a screen that nobody has written to', () => {
  expect(screenText(shown(['\xc9\xcd\xbb ok']))).toBe('    ok');
  expect(screenText('00'.repeat(2000))).toBe('');
  expect(screenText('')).toBe('');
});
