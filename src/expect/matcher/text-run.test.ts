import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteAutomaton } from '../pattern/byte-automaton.ts';
import { compilePattern } from '../pattern/compile.ts';
import { LazyAutomaton } from './lazy-automaton.ts';
import { TextRun } from './text-run.ts';

/** Patterns that are at home in lines, that reach over line ends, and that ask about what is before them. */
const PATTERNS = ['ab\nb', /a\n{1,3}b\n/, /(?:[ab]{2}\n){3}bb/, /^ba?b\n/m, /b\Bba\nab/, /a[ab\n]{9}b\n\n/];

/** Where the automaton of some patterns has hits, when the text is read up to the given ends in turn. */
function hits(
  automaton: LazyAutomaton,
  text: Buffer,
  ends: Iterable<number>,
): [at: number, patterns: readonly number[]][] {
  const run = new TextRun(automaton, automaton.start);
  const found: [number, readonly number[]][] = [];
  let at = 0;
  for (const end of ends)
    while (at < end) {
      // As in a store that has dropped its beginning.
      const base = Math.min(at, 7);
      at = run.read(text.subarray(base), base, at, end);
      if (run.hit) found.push([at, automaton.accepts(run.row)]);
      // Where it is full its owner goes on in another one; that is not what is tested here.
      fc.pre(run.hit || !automaton.full);
    }
  return found;
}

function* endsOf(total: number, lengths: readonly number[]): Generator<number> {
  for (let end = 0, i = 0; end < total; i++) {
    end = Math.min(total, end + (lengths[i % lengths.length] as number));
    yield end;
  }
}

const automata = fc
  .subarray(PATTERNS, { minLength: 1 })
  .map(
    (patterns) => new LazyAutomaton(byteAutomaton(patterns.map((pattern) => compilePattern(pattern).tree))),
  );
const texts = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(1000), { minLength: 20_000, maxLength: 20_000 }))
  .map(([lineLength, draws]) =>
    Buffer.from(draws.map((n) => (n % lineLength === 0 ? '\n' : n % 3 ? 'a' : 'b')).join('')),
  );
const strides = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 9000 })), {
  minLength: 1,
});

test('reading at two places finds what reading byte by byte finds', () => {
  fc.assert(
    fc.property(automata, texts, strides, (automaton, text, lengths) => {
      const byByte = hits(automaton, text, endsOf(text.length, [1]));
      expect(hits(automaton, text, [text.length])).toEqual(byByte);
      expect(hits(automaton, text, endsOf(text.length, lengths))).toEqual(byByte);
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 400) / 20 },
  );
});

test('a limit before the place to which was read ahead', () => {
  const automaton = new LazyAutomaton(byteAutomaton([compilePattern('x').tree]));
  const text = Buffer.from(`${'a'.repeat(99)}\n`.repeat(200));
  text[900] = text[5000] = 'x'.charCodeAt(0);
  const run = new TextRun(automaton, automaton.start);
  // All rows must be there before anything is read ahead.
  run.read(text, 0, 0, 500);
  expect(run.read(text, 0, 500, text.length)).toBe(901);
  // From 1600 on, 400 bytes were read ahead.
  for (let at = 901; at < 3000; at += 100) expect(run.read(text, 0, at, at + 100)).toBe(at + 100);
  expect(run.read(text, 0, 3001, text.length)).toBe(5001);
});
