import { describe, expect, test, vi } from 'vitest';
import { compilePattern } from '../pattern/compile.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { TextWindow } from '../text/text-window.ts';
import { Matcher } from './matcher.ts';

function start(patterns: readonly Pattern[], { from = 0, text = '' } = {}) {
  const window = new TextWindow();
  window.append(Buffer.from(text));
  const matcher = new Matcher(
    patterns.map((pattern) => compilePattern(pattern)),
    window,
    from,
  );
  return {
    matcher,
    window,
    /** Appends text and says what matches now. */
    print(more: string) {
      window.append(Buffer.from(more));
      return matcher.advance();
    },
  };
}

describe('first complete wins', () => {
  test('the match that ends first, whatever the order of the list', () => {
    expect(start(['login: ', 'panic']).print('panic login: ')).toMatchObject({ index: 1, start: 0, end: 5 });
    expect(start(['panic', 'login: ']).print('panic login: ')).toMatchObject({ index: 0, start: 0, end: 5 });
    expect(start([/a.*z/, 'bc']).print('abcz')).toMatchObject({ index: 1, start: 1, end: 3 });
  });

  test('of those that end together the one that begins first, then the first in the list', () => {
    expect(start(['c', 'bc', /abc/]).print('abc')).toMatchObject({ index: 2 });
    expect(start([/c/, 'c']).print('abc')).toMatchObject({ index: 0 });
  });

  test('an alternation is like a list', () => {
    expect(start([/abcd|bc/]).print('abcd')).toMatchObject({ text: 'bc' });
  });

  test('a greedy repeat in the middle does not wait for more', () => {
    expect(start([/\[.*\]# /]).print('[root@dom0 ~]# ls [x]# ')).toMatchObject({ text: '[root@dom0 ~]# ' });
  });
});

describe('an open end', () => {
  test('is decided at the line end, on the whole line', () => {
    const { print, matcher } = start([/version (\d+)/]);
    expect(print('Linux version 6')).toBeUndefined();
    expect(matcher.undecided).toBe(true);
    expect(print('12\n')).toMatchObject({ text: 'version 612', groups: ['612'], start: 6, end: 17 });
    expect(matcher.undecided).toBe(false);
  });

  test('or when the console is quiet, on what is there', () => {
    const { print, matcher } = start([/\$ $/]);
    expect(print('user@host:~$ ')).toBeUndefined();
    expect(matcher.quiet()).toMatchObject({ text: '$ ', end: 13 });
  });

  test('quiet decides nothing where nothing matches, and asks only once about the same text', () => {
    const { print, matcher } = start([/\$ $/, /x+(?=y)/]);
    print('cost: 5$ each xx');
    expect(matcher.undecided).toBe(true);
    expect(matcher.quiet()).toBeUndefined();
    expect(matcher.undecided).toBe(false);
    expect(print('x')).toBeUndefined();
    expect(matcher.undecided).toBe(true);
    expect(print('y\n')).toMatchObject({ index: 1, text: 'xxx' });
  });

  test('wins over a closed one that is complete later in the line', () => {
    expect(start([/version \d+/, '# ']).print('version 61 # ')).toMatchObject({
      index: 0,
      text: 'version 61',
    });
    // It had not ended yet.
    expect(start([/\w+/, 'abc']).print('abcdef')).toMatchObject({ index: 1, text: 'abc' });
  });

  test('a look-ahead sees to the end of its line', () => {
    expect(start([/foo(?! bar)/]).print('foo bar\nfoo baz\n')).toMatchObject({ start: 8 });
    expect(start([/foo\n(?=bar)/]).print('foo\nbaz\nfoo\nbar\n')).toMatchObject({ start: 8, end: 12 });
  });

  test('\\b behind the last character of a line', () => {
    expect(start([/panic\b/]).print('panics\npanic\n')).toMatchObject({ start: 7 });
  });

  test('a line longer than the look-back counts as ended', () => {
    const window = new TextWindow();
    const matcher = new Matcher([compilePattern(/a\d+/, { lookBack: 100 })], window, 0);
    window.append(Buffer.from(`${'x'.repeat(90)}a${'1'.repeat(50)}`));
    expect(matcher.advance()).toMatchObject({ start: 90, end: 100 });
  });
});

describe('the unread text is all there is', () => {
  test('^ is the cursor, once', () => {
    expect(start([/^b/], { text: 'ab', from: 1 }).matcher.advance()).toMatchObject({ start: 1, end: 2 });
    expect(start([/^b/], { text: 'aab', from: 1 }).matcher.advance()).toBeUndefined();
    const { print } = start([/^x/]);
    expect(print(`\n${'y\n'.repeat(50_000)}x`)).toBeUndefined();
  });

  test('with the m flag it is any line start as well', () => {
    expect(start([/^b/m]).print('ab\nb')).toMatchObject({ start: 3 });
    expect(start([/^b/m]).print('ab\rb')).toMatchObject({ start: 3 });
    expect(start([/^b/m], { text: 'ab', from: 1 }).matcher.advance()).toMatchObject({ start: 1 });
  });

  test('neither \\b nor a look-behind sees what was read', () => {
    expect(start([/\bb/], { text: 'ab', from: 1 }).matcher.advance()).toMatchObject({ start: 1 });
    expect(start([/(?<=a)b/], { text: 'ab', from: 1 }).matcher.advance()).toBeUndefined();
  });

  test('text that had arrived before the wait is looked at first', () => {
    const { matcher, print } = start(['login: '], { text: 'a login: b login', from: 3 });
    expect(matcher.advance()).toBeUndefined();
    expect(print(': ')).toMatchObject({ start: 11, end: 18 });
  });

  test('what follows a match is unread', () => {
    const { matcher, window } = start(['a', 'b'], { text: 'xaxb' });
    const first = matcher.advance();
    expect(first).toMatchObject({ index: 0, end: 2 });
    expect(matcher.advance()).toBe(first);
    const next = new Matcher([compilePattern('b')], window, 2);
    expect(next.advance()).toMatchObject({ start: 3, end: 4 });
  });
});

describe('UTF-8', () => {
  test('a character is there when its last byte is', () => {
    const window = new TextWindow();
    const matcher = new Matcher([compilePattern(/^temp: ./)], window, 0);
    const seen = [...Buffer.from('temp: €')].map((byte) => {
      window.append(Uint8Array.of(byte));
      return matcher.advance();
    });
    expect(seen.slice(0, -1)).toEqual(new Array(8).fill(undefined));
    expect(seen.at(-1)).toMatchObject({ text: 'temp: €', start: 0, end: 9 });
  });

  test('an invalid byte is one U+FFFD, seen when the next byte comes, and upsets no offset', () => {
    const window = new TextWindow();
    const matcher = new Matcher([compilePattern(/x./)], window, 0);
    window.append(Uint8Array.of(0xff, 0x78, 0xe2));
    expect(matcher.advance()).toBeUndefined();
    window.append(Uint8Array.of(0x28));
    expect(matcher.advance()).toMatchObject({ text: 'x\ufffd', start: 1, end: 3 });
  });

  test('ignored case beyond ASCII', () => {
    expect(start([/größe: É/i]).print('GRÖßE: é')).toMatchObject({ start: 0 });
    expect(start([/s\u212a/iu]).print('ſk')).toMatchObject({ start: 0, end: 3 });
  });
});

describe('what bytes cannot tell is left to the JavaScript engine', () => {
  test.each<[Pattern, string, string]>([
    [/(\w+) \1!/, 'one two two! ', 'two two!'],
    [/(?<!\.service)\. /, 'a.service. b.socket. ', '. '],
    [/(?<year>\d{4})-(?<month>\d\d) /, 'on 2026-11 ', '2026-11 '],
    [/\p{Lu}\p{Ll}+:/u, 'x: Éa: ', 'Éa:'],
    [/\bat\B.\b /, 'at atx atx ', 'atx '],
    [/a{3}b{2,}?c/, 'aabbc aaabc aaabbbc', 'aaabbbc'],
    [/^b./m, 'ab \u2028bc', 'bc'],
    [/\Bs./iu, 's ſsx', 'sx'],
  ])('%s', (pattern, text, match) => {
    expect(start([pattern]).print(text)).toMatchObject({ text: match });
  });

  test('named groups', () => {
    const seen = start([/(?<year>\d{4})-(?<month>\d\d)(?: (x))?;/]).print('2026-11;');
    expect(seen).toMatchObject({ groups: ['2026', '11', undefined], named: { year: '2026', month: '11' } });
  });
});

describe('patterns that make automata large', () => {
  /** After each `a` the automaton would have to remember where the last 40 of them were. */
  const nasty = Array.from({ length: 4 }, (_, i) => new RegExp(`a.{${40 + i}}b${i}`));

  test('are matched all the same', () => {
    const { print } = start(nasty);
    let seed = 1;
    const noise = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return 'aabc'[seed % 4];
    };
    for (let n = 0; n < 200; n++) expect(print(Array.from({ length: 500 }, noise).join(''))).toBeUndefined();
    expect(print(`\n__a${'c'.repeat(42)}b2`)).toMatchObject({ index: 2 });
  });

  test('so is what began before they grew too large', () => {
    const { print } = start([/x.*y/, ...nasty.map(({ source }) => new RegExp(`q${source}`))]);
    let seed = 5;
    const noise = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return 'qa.'[(seed >> 16) % 3];
    };
    print('x');
    for (let n = 0; n < 50; n++) expect(print(Array.from({ length: 1000 }, noise).join(''))).toBeUndefined();
    expect(print('y')).toMatchObject({ index: 0, start: 0, end: 50_002 });
  });
});

describe('near misses', () => {
  /** How often the engine is asked about `text` while a pattern has a hit on nearly every byte and never matches. */
  function asked(pattern: RegExp, text: string): number {
    const compiled = compilePattern(pattern);
    const exec = vi.spyOn(compiled.regex, 'exec');
    const window = new TextWindow();
    const matcher = new Matcher([compiled], window, 0);
    for (let at = 0; at < text.length; at += 4096) {
      window.append(Buffer.from(text.slice(at, at + 4096)));
      expect(matcher.advance()).toBeUndefined();
    }
    return exec.mock.calls.length;
  }

  test('are verified together, not one by one', () => {
    expect(asked(/(\w+)=[^\n]*\1;/, `a=${';'.repeat(60_000)}`)).toBeLessThan(40);
    expect(asked(/(?<![x;]);/, `x${';'.repeat(60_000)}`)).toBeLessThan(40);
  });

  test('and the first that is none is found among them', () => {
    const { print } = start([/(\w+)=[^\n]*\1;/]);
    const text = `ab=${';'.repeat(3000)}cab;ab;`;
    expect(print(text)).toMatchObject({ start: 0, end: 3007 });
    const again = start([/(\w+)=[^\n]*\1;/, /b;ab/]);
    expect(again.print(text)).toMatchObject({ index: 0, end: 3007 });
  });

  test('a later match does not let an open pattern win that had none when the first was complete', () => {
    const { print } = start([/(?<!x)b/, /q(?=.*c)/, 'c']);
    expect(print(`q${'xb'.repeat(20)}abc`)).toMatchObject({ index: 0, end: 43 });
  });
});

test('a window that dropped unread text: the rest is still looked at', () => {
  const window = new TextWindow({ maxBytes: 1000 });
  const matcher = new Matcher([compilePattern('x'), compilePattern(/lost.*found/)], window, 0);
  window.append(Buffer.from('lost'));
  expect(matcher.advance()).toBeUndefined();
  window.append(Buffer.alloc(2000, '.'));
  window.append(Buffer.from('found x'));
  expect(matcher.advance()).toMatchObject({ index: 0, start: 2010 });
});

test('needs no more than the look-back', () => {
  const { print, matcher, window } = start(['login: ']);
  for (let n = 0; n < 10; n++) print('x'.repeat(50_000));
  expect(window.end - matcher.needsFrom).toBeLessThan(64 * 1024 + 16);
  window.dropBefore(matcher.needsFrom);
  expect(print('login: ')).toMatchObject({ start: 500_000 });
});
