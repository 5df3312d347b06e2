import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { compilePattern } from '../pattern/compile.ts';
import type { CompiledPattern, Pattern } from '../pattern/pattern.ts';
import { EscapeStripper } from '../text/escape-stripper.ts';
import { TextWindow } from '../text/text-window.ts';
import { byteAtATime, type ReferenceMatch } from './byte-at-a-time.ts';
import { Matcher } from './matcher.ts';
import {
  consoleArbitrary,
  cut,
  literalArbitrary,
  regexArbitrary,
  splitArbitrary,
} from './pattern-arbitrary.ts';

/** Every match in turn, each wait beginning where the match before ended; quiet comes at the end only. */
function engine(patterns: readonly CompiledPattern[], chunks: readonly Buffer[]): ReferenceMatch[] {
  const stripper = new EscapeStripper();
  const window = new TextWindow();
  const seen: ReferenceMatch[] = [];
  let matcher = new Matcher(patterns, window, 0);
  const take = (next: () => ReturnType<Matcher['advance']>) => {
    for (let match = next(); match; match = next()) {
      seen.push({ index: match.index, start: match.start, end: match.end });
      matcher = new Matcher(patterns, window, match.end);
    }
  };
  for (const chunk of chunks) {
    window.append(stripper.strip(chunk));
    take(() => matcher.advance());
    window.dropBefore(matcher.needsFrom);
  }
  take(() => matcher.advance() ?? matcher.quiet());
  return seen;
}

function reference(patterns: readonly CompiledPattern[], text: Buffer): ReferenceMatch[] {
  const seen: ReferenceMatch[] = [];
  for (let match = byteAtATime(patterns, text, 0); match; match = byteAtATime(patterns, text, match.end))
    seen.push(match);
  return seen;
}

/** Patterns that are accepted; the others are the business of compile.test.ts. */
function accepted(patterns: readonly Pattern[], lookBack?: number): CompiledPattern[] {
  return patterns.flatMap((pattern) => {
    try {
      return [compilePattern(pattern, lookBack === undefined ? {} : { lookBack })];
    } catch (error) {
      if (error instanceof ScenarioError) return [];
      throw error;
    }
  });
}

const numRuns = Number(process.env.PROPERTY_RUNS ?? 400);
const anyPatterns = fc.array(fc.oneof(regexArbitrary, regexArbitrary, literalArbitrary), {
  minLength: 1,
  maxLength: 4,
});

test('whatever the patterns, text and split: the matches are those of a byte-at-a-time reader', () => {
  fc.assert(
    fc.property(anyPatterns, consoleArbitrary, splitArbitrary, (list, { shown, sent }, sizes) => {
      const compiled = accepted(list);
      fc.pre(compiled.length > 0);
      expect(engine(compiled, cut(sent, sizes))).toEqual(reference(compiled, shown));
    }),
    { numRuns },
  );
});

test('closed ends and bounded lengths: decided with the byte that completes the match, without any quiet', () => {
  fc.assert(
    fc.property(anyPatterns, consoleArbitrary, (list, { shown }) => {
      const compiled = accepted(list).filter(
        ({ end, maxLength }) => end === 'closed' && Number.isFinite(maxLength),
      );
      fc.pre(compiled.length > 0);
      const window = new TextWindow();
      const matcher = new Matcher(compiled, window, 0);
      const decidedAt = [...shown].findIndex((byte) => {
        window.append(Uint8Array.of(byte));
        return matcher.advance() !== undefined;
      });
      const expected = byteAtATime(compiled, shown, 0);
      expect(matcher.undecided).toBe(false);
      expect(matcher.quiet()?.end).toBe(expected?.end);
      // With invalid bytes the next byte may be needed to see that a match has ended.
      const late = expected ? decidedAt + 1 - expected.end : 0;
      expect(late).toBeGreaterThanOrEqual(0);
      if (
        expected &&
        shown
          .toString('latin1')
          .slice(expected.start, expected.end)
          .match(/^[\0-\x7f]*$/)
      )
        expect(late).toBe(0);
    }),
    { numRuns },
  );
});

/** What has no length of its own, and so meets the limits. */
const unbounded = fc.constantFrom(/a.*b/, /a[^\n]*#/, /k.*/, /\S*0/, /b+/i, /(?:#| )+/, / [^\n]*(?:a|\n)/);

test('a short look-back: lines longer than it count as ended, matches longer than it as none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(regexArbitrary, literalArbitrary, unbounded), { minLength: 1, maxLength: 3 }),
      consoleArbitrary,
      splitArbitrary,
      fc.integer({ min: 5, max: 20 }),
      (list, { shown, sent }, sizes, lookBack) => {
        // What looks ahead past such an end has no defined answer.
        const compiled = accepted(list, lookBack).filter(
          ({ asksNext, looksBehind }) => !asksNext && looksBehind === 0,
        );
        fc.pre(compiled.length > 0);
        expect(engine(compiled, cut(sent, sizes))).toEqual(reference(compiled, shown));
      },
    ),
    { numRuns },
  );
});

test('long texts: where they are cut does not matter', () => {
  const long = fc
    .array(consoleArbitrary, { minLength: 300, maxLength: 300 })
    .map((parts) => Buffer.concat(parts.map(({ sent }) => sent)));
  const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(anyPatterns, long, sizes, (list, sent, split) => {
      const compiled = accepted(list);
      fc.pre(compiled.length > 0);
      expect(engine(compiled, cut(sent, split))).toEqual(engine(compiled, [sent]));
    }),
    { numRuns: numRuns / 10 },
  );
});
