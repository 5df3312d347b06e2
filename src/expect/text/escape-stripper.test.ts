import fc from 'fast-check';
import stripAnsi from 'strip-ansi';
import { describe, expect, test } from 'vitest';
import { EscapeStripper } from './escape-stripper.ts';

function strip(...chunks: readonly (string | Uint8Array)[]): string {
  const stripper = new EscapeStripper();
  return Buffer.concat(chunks.map((chunk) => Buffer.from(stripper.strip(Buffer.from(chunk))))).toString();
}

test.each([
  ['colours', '[\x1b[0;32m  OK  \x1b[0m] Started', '[  OK  ] Started'],
  ['cursor and erase', '\x1b[H\x1b[J\x1b[?25lGNU GRUB\x1b[22;1H', 'GNU GRUB'],
  ['true colours', '\x1b[38;2;255;0;128;48:2::1:2:3mx', 'x'],
  ['title, ended by BEL', 'a\x1b]0;root@dom0:~\x07b', 'ab'],
  ['title, ended by ST', 'a\x1b]0;root@dom0:~\x1b\\b', 'ab'],
  ['hyperlink', '\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\', 'link'],
  ['the palette of the Linux console', 'a\x1b]P0aabbccb\x1b]Rc', 'abc'],
  [
    'DCS, APC, PM and SOS with their bodies',
    '\x1bP$q m\x1b\\1\x1b_x\x1b\\2\x1b^y\x1b\\3\x1bXz\x1b\\4',
    '1234',
  ],
  ['character sets', '\x1b(B\x1b)0\x1b#8\x1b%Gx', 'x'],
  ['two-character sequences', '\x1b7\x1b8\x1b=\x1b>\x1bM\x1bcx', 'x'],
  ['NUL, SO and SI', 'a\0b\x0ec\x0fd', 'abcd'],
  ['what stays', 'a\r\n\tb\bc\x07\x18', 'a\r\n\tb\bc\x07\x18'],
  ['UTF-8, which has the byte of an 8-bit CSI', '›ě', '›ě'],
])('%s', (_, console, text) => {
  expect(strip(console)).toBe(text);
  expect(
    strip(
      ...Buffer.from(console)
        .toString('latin1')
        .split('')
        .map((byte) => Buffer.from(byte, 'latin1')),
    ),
  ).toBe(text);
});

describe('a sequence that is broken off swallows no more than its line', () => {
  test.each([
    ['a line end', '\x1b]0;never ended\r\nnext', '\nnext'],
    ['a line end in a CSI', '\x1b[1;\nnext', '\nnext'],
    ['CAN', '\x1b[1;\x18next', 'next'],
    ['SUB in a string', '\x1bPabc\x1anext', 'next'],
    ['another ESC', '\x1b[1;\x1b[0mnext', 'next'],
    ['another ESC in a string', '\x1b]0;abc\x1b[0mnext', 'next'],
    ['a byte that is in no sequence', '\x1b[1;\xe9next', '\xe9next'],
  ])('ended by %s', (_, console, text) => {
    expect(strip(console)).toBe(text);
  });

  test('ended by its length', () => {
    const long = 'x'.repeat(10_000);
    expect(strip(`\x1b]0;${long}`, 'end')).toMatch(/^x{5000,6000}end$/);
    expect(strip(`\x1b[${'1'.repeat(10_000)}`, 'end')).toMatch(/^1{9000,10000}end$/);
  });

  test('says whether one is open', () => {
    const stripper = new EscapeStripper();
    stripper.strip(Buffer.from('text\x1b[1'));
    expect(stripper.inSequence).toBe(true);
    stripper.strip(Buffer.from('m'));
    expect(stripper.inSequence).toBe(false);
  });
});

test('controls inside a sequence act as on a terminal, which goes on with the sequence', () => {
  expect(strip('a\x1b[1\r;2\bmb')).toBe('a\r\bb');
});

test('a chunk with nothing to remove is handed on as it is', () => {
  const stripper = new EscapeStripper();
  for (const size of [10, 1000]) {
    const chunk = Buffer.alloc(size, 'text\r\n');
    expect(stripper.strip(chunk)).toBe(chunk);
  }
});

/** Bytes in which sequences begin, end and break often. */
const noisy = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x1bP',
        '\x1b\\',
        '\x1b(',
        '\x07',
        'm',
        ';',
        '0',
        'P',
        'R',
        '\n',
        '\r',
        '\0',
        '\x0f',
        '\x18',
        '\x1a',
        '\\',
      ),
      fc.constantFrom('text', 'é', '\x1b[0m', ' '.repeat(70), 'f'.repeat(9)),
      fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

test('where the bytes are cut does not matter', () => {
  fc.assert(
    fc.property(noisy, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (console, sizes) => {
      const chunks: Buffer[] = [];
      for (let at = 0, i = 0; at < console.length; at += sizes[i++ % sizes.length] as number)
        chunks.push(console.subarray(at, at + (sizes[i % sizes.length] as number)));
      expect(strip(...chunks)).toBe(strip(console));
    }),
  );
});

test('whole sequences: the same as strip-ansi', () => {
  const number = fc.integer({ min: 0, max: 9999 });
  const csi = fc
    .tuple(fc.array(number, { maxLength: 4 }), fc.constantFrom(...'ABCDHJKmnsuhl'))
    .map(([numbers, final]) => `\x1b[${numbers.join(';')}${final}`);
  const osc = fc
    .tuple(
      fc.constantFrom('0;', '2;', '8;;'),
      fc.stringMatching(/^[a-z ]{0,9}$/),
      fc.constantFrom('\x07', '\x1b\\'),
    )
    .map((parts) => `\x1b]${parts.join('')}`);
  const words = fc.constantFrom('word', 'ünïcode ', '\r\n', '\t', '# ', '[x]', '●');
  fc.assert(
    fc.property(fc.array(fc.oneof(words, csi, osc)), (pieces) => {
      expect(strip(pieces.join(''))).toBe(stripAnsi(pieces.join('')));
    }),
  );
});
