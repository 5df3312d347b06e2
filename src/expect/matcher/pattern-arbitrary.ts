/**
 * Generated patterns and console texts for the property tests: few characters, so that patterns hit often.
 */
import fc from 'fast-check';

const CHARACTERS = [
  'a',
  'b',
  'A',
  'k',
  '0',
  '_',
  ' ',
  '#',
  '\\n',
  '\\r',
  'é',
  'É',
  '\\uFFFD',
  '\\u2028',
  'ſ',
];
const CLASSES = [
  '.',
  '\\d',
  '\\w',
  '\\s',
  '\\S',
  '\\W',
  '\\D',
  '[ab]',
  '[^a]',
  '[^\\n]',
  '[^a\\n]',
  '[é-ü]',
  '[a-k0]',
  '[^\\w\\n]',
];
const EDGES = ['^', '$', '\\b', '\\B'];
const COUNTS = ['?', '*', '+', '{2}', '{0,2}', '{1,3}', '{2,}'];

const atom = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', '\\n', ' ') },
  { weight: 3, arbitrary: fc.constantFrom(...CHARACTERS) },
  { weight: 3, arbitrary: fc.constantFrom(...CLASSES) },
);

const { source } = fc.letrec<{ source: string; sequence: string; item: string; group: string }>((tie) => ({
  source: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: tie('sequence') },
    { weight: 1, arbitrary: fc.tuple(tie('sequence'), tie('sequence')).map((two) => two.join('|')) },
  ),
  sequence: fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((items) => items.join('')),
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: atom },
    { weight: 1, arbitrary: fc.constantFrom(...EDGES, '\\1') },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.oneof(atom, tie('group')), fc.constantFrom(...COUNTS), fc.constantFrom('', '', '?'))
        .map((parts) => parts.join('')),
    },
    { weight: 2, arbitrary: tie('group') },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('?=', '?!', '?<=', '?<!'), tie('source'))
        .map(([look, body]) => `(${look}${body})`),
    },
  ),
  group: fc.tuple(fc.constantFrom('', '?:'), tie('source')).map(([kind, body]) => `(${kind}${body})`),
}));

/** A regular expression; some of them are refused by `compilePattern`. */
export const regexArbitrary: fc.Arbitrary<RegExp> = fc
  .tuple(source, fc.subarray(['i', 'm', 's']), fc.constantFrom('', '', 'u', 'v'))
  .map(([text, flags, unicode]) => [text, flags.join('') + unicode] as const)
  .filter(([text, flags]) => isValid(text, flags))
  .map(([text, flags]) => new RegExp(text, flags));

/** `\\1` without a group is an error in some modes only. */
function isValid(text: string, flags: string): boolean {
  try {
    return new RegExp(text, flags) !== undefined;
  } catch {
    return false;
  }
}

export const literalArbitrary: fc.Arbitrary<string> = fc
  .array(fc.constantFrom('a', 'b', ' ', '#', '\n', 'é', '😀', '\ufffd'), { minLength: 1, maxLength: 4 })
  .map((characters) => characters.join(''));

/** Pieces of a console's output: what is shown, and the bytes that come. */
interface Piece {
  readonly shown: Buffer;
  readonly sent: Buffer;
}

const shown = fc
  .oneof(
    {
      weight: 8,
      arbitrary: fc
        .constantFrom('a', 'b', 'ab', 'A', 'k', '0', '_', ' ', '#', '\n', '\r\n', 'aab ')
        .map((text) => Buffer.from(text)),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('é', 'É', '😀', 'ſ', '\u212a', '\u2028', '\ufffd', '\u00a0')
        .map((text) => Buffer.from(text)),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(
          [0xff],
          [0xe2],
          [0xe2, 0x82],
          [0xf0, 0x9f],
          [0xf0, 0x9f, 0x98],
          [0x80],
          [0xc3],
          [0xed, 0xa0],
        )
        .map((bytes) => Buffer.from(bytes)),
    },
  )
  .map((bytes): Piece => ({ shown: bytes, sent: bytes }));

const hidden = fc
  .constantFrom(
    '\x1b[0m',
    '\x1b[1;31m',
    '\x1b]0;ab\x07',
    '\x1b]8;;a#\x1b\\',
    '\x1bPab\x1b\\',
    '\x1b(B',
    '\x1b7',
    '\x1b[?25l',
    '\0',
    '\x1b]R',
    '\x1b]P0aabbcc',
  )
  .map((text): Piece => ({ shown: Buffer.alloc(0), sent: Buffer.from(text) }));

/** What a console shows, and the bytes that make it do so. */
export const consoleArbitrary: fc.Arbitrary<Piece> = fc
  .array(fc.oneof({ weight: 8, arbitrary: shown }, { weight: 1, arbitrary: hidden }), {
    minLength: 1,
    maxLength: 30,
  })
  .map((pieces) => ({
    shown: Buffer.concat(pieces.map((piece) => piece.shown)),
    sent: Buffer.concat(pieces.map((piece) => piece.sent)),
  }));

/** Sizes of chunks, used over and over: 1 byte at a time to all at once. */
export const splitArbitrary: fc.Arbitrary<number[]> = fc.oneof(
  fc.constant<number[]>([1]),
  fc.constant<number[]>([1000]),
  fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 8 }),
);

export function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}
