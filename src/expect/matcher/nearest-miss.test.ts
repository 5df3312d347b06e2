import { expect, test } from 'vitest';
import { compilePattern } from '../pattern/compile.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { TextWindow } from '../text/text-window.ts';
import { Matcher } from './matcher.ts';

function miss(text: string, ...patterns: Pattern[]) {
  const window = new TextWindow();
  const matcher = new Matcher(
    patterns.map((pattern) => compilePattern(pattern)),
    window,
    0,
  );
  window.append(Buffer.from(text));
  expect(matcher.advance()).toBeUndefined();
  return matcher.nearestMiss();
}

test('the longest beginning of a pattern that was seen, and its line', () => {
  const seen = miss('Debian GNU/Linux 12\r\n\r\ndom0 login\r\nnothing\r\n', 'emergency mode', 'dom0 login: ');
  expect(seen).toMatchObject({ index: 1, line: 'dom0 login', exceptCase: false });
  expect(seen?.part).toBeCloseTo(10 / 12);
});

test('a regular expression that was nearly there', () => {
  expect(miss('[ 1.0] Linux version unknown\n', /Linux version \d+\.\d+ x/)).toMatchObject({
    index: 0,
    line: '[ 1.0] Linux version unknown',
  });
});

test('all but the case', () => {
  expect(miss('xyz\nDom0 Login: \n', /nothing alike/, 'dom0 login: ')).toEqual({
    index: 1,
    line: 'Dom0 Login: ',
    part: 1,
    exceptCase: true,
  });
});

test('nothing came close', () => {
  expect(miss('some text\n', 'dom0 login: ', /kernel \d+/)).toBeUndefined();
  expect(miss('', 'x')).toBeUndefined();
});
