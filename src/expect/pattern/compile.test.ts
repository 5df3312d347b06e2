import { describe, expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { compilePattern } from './compile.ts';
import { describePattern, type Pattern } from './pattern.ts';

/** Newer than the language level that the project is checked against. */
const FLAG_V: string = 'v';

describe('the end of a pattern', () => {
  test.each<Pattern>([
    'login: ',
    /login: /,
    /\[.*\]# /,
    /\d+ packages/,
    /a|ab/,
    /error|error: x/,
    /x{3}/,
    /(?:ab|cd){2}/,
    /a.*?/,
    /\bpanic: x/,
    /(?<!de)bug/,
    /(\w+) \1/,
    /^foo/m,
    /^(?:foo|bar)/,
    /a(?:|b)/,
    /[^\x00-\x7f]/,
  ])('%s is closed', (pattern) => {
    expect(compilePattern(pattern).end).toBe('closed');
  });

  test.each([
    /\d+/,
    /a?b?c?d*x?e{1,2}/,
    /login:$/,
    /login:$/m,
    /panic\b/,
    /panic\B/,
    /foo(?= bar)/,
    /foo(?! bar) x/,
    /ab|a/,
    /error: .|error/,
    /(?:error(?: fatal)?)/,
    /a(?:b|)/,
    /a(?:b+?c?)/,
    /(?:a+){2}/,
    /a\d+?\w*/,
    /a+b*?/,
    /a+(?<=a)/,
    /a(?<=a\b)/,
    /a(?:b|(c+))/,
    /foo(?:\.|\.\.\.)|foo\.{2}x|foo\./,
  ])('%s is open', (pattern) => {
    expect(compilePattern(pattern).end).toBe('open');
  });

  test('a v class with strings is open: its longest string comes first', () => {
    expect(compilePattern(new RegExp('[\\q{ab|abc}]', FLAG_V)).end).toBe('open');
  });
});

test.each([
  ['abc', 3, 0],
  [/a{2,10}é/, 12, 0],
  [/a{2,10}[é-ü]/, 14, 0],
  [/a.*\r?\nb.*c/, Number.POSITIVE_INFINITY, 1],
  [/(?:line\n){3}/, 15, 3],
  [/(?<=(?:\n.{5}){2})x/, 1, 2],
  [/(abc|d)\1/, 6, 0],
] as [Pattern, number, number][])(
  '%s: at most %s bytes and %s line ends',
  (pattern, maxLength, maxLineEnds) => {
    expect(compilePattern(pattern)).toMatchObject({ maxLength, maxLineEnds });
  },
);

describe('refused', () => {
  const refusal = (pattern: Pattern, lookBack?: number) => {
    try {
      compilePattern(pattern, lookBack === undefined ? {} : { lookBack });
    } catch (error) {
      if (error instanceof ScenarioError) return error.message;
      throw error;
    }
    return undefined;
  };

  test('what can run over any number of lines, with the part that does and what to write instead', () => {
    expect(refusal(/start[\s\S]*end/)).toMatchInlineSnapshot(
      `"cannot wait for /start[\\s\\S]*end/: [\\s\\S]* can run over any number of lines; keep it within a line (.* without the s flag, [^\\n]*) or give it a limit: {0,500} for * or +"`,
    );
    expect(refusal(/key:\s+value/)).toMatchInlineSnapshot(
      `"cannot wait for /key:\\s+value/: \\s+ can run over any number of lines; write [ \\t]+ within a line, or \\s{1,80}"`,
    );
    expect(refusal(/file '[^']*'/)).toMatchInlineSnapshot(
      `"cannot wait for /file '[^']*'/: [^']* can run over any number of lines; keep it within a line: [^\\n']*"`,
    );
  });

  test.each([
    /(?:.*\n)+x/,
    /a.*b/s,
    /x(?:a|\n)*/,
    /(a\n?)+/,
    /\W+x/,
    /(?<=\s*)x/,
    /(?=[\s\S]*x)y/,
    /(\n)\1*/,
  ])('%s', (pattern) => {
    expect(refusal(pattern)).toContain('any number of lines');
  });

  test('what can be longer than the look-back', () => {
    expect(refusal(/a{70000}/)).toMatchInlineSnapshot(
      `"cannot wait for /a{70000}/: it can match 70000 bytes (a character that is not ASCII takes up to 4), and only the last 65536 are looked back at; wait for its end alone, or lower its counts"`,
    );
    expect(refusal(/[^a]{20000}/)).toContain('80000 bytes');
    expect(refusal('x'.repeat(100), 99)).toContain('100 bytes');
    expect(refusal('x'.repeat(100), 100)).toBeUndefined();
    expect(refusal(/(?<=a{60})b{40}/, 99)).toContain('100 bytes');
  });

  test.each<Pattern>(['', /a*/, /^/, /$/m, /(?=a)/, /a?|b/, /\b/, /(?:)/])(
    '%s, which matches nothing at all',
    (pattern) => {
      expect(refusal(pattern)).toContain('empty text');
    },
  );

  test.each<Pattern>(['\x1b[0m', /\x1b\[0m/, /a\0/, /(?:\x0e|\x0f)x/])(
    '%j, which is never in the text',
    (pattern) => {
      expect(refusal(pattern)).toContain('removed before text is matched');
    },
  );

  test.each([/foo(?=\nbar)/, /foo(?!\n\n)/, /foo(?=\n\b)/, /foo(?=\n$)/, /x(?=[\s\S]{2})/])(
    '%s, which looks past its line',
    (pattern) => {
      expect(refusal(pattern)).toContain('looks past the end of its line');
    },
  );

  test.each([/foo(?=\r?\n)/, /foo(?=.*bar)/, /foo(?!bar)/, /foo(?= bar$)/m])('but not %s', (pattern) => {
    expect(refusal(pattern)).toBeUndefined();
  });

  test('the y flag; g and d do no harm', () => {
    expect(refusal(/a/y)).toContain('y flag');
    expect(refusal(/a/dg)).toBeUndefined();
  });
});

test('the same pattern is compiled once', () => {
  expect(compilePattern(/once (\d+) x/i)).toBe(compilePattern(/once (\d+) x/i));
  expect(compilePattern(/once (\d+) x/i)).not.toBe(compilePattern(/once (\d+) x/));
  expect(compilePattern('/x/')).not.toBe(compilePattern(/x/));
});

test('how a pattern is shown', () => {
  expect(describePattern('login: \n')).toBe('"login: \\n"');
  expect(describePattern(/login:\s/i)).toBe('/login:\\s/i');
});
