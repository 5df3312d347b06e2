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
function accepted(patterns: readonly Pattern[]): CompiledPattern[] {
  return patterns.flatMap((pattern) => {
    try {
      return [compilePattern(pattern)];
    } catch (error) {
      if (error instanceof ScenarioError) return [];
      throw error;
    }
  });
}

const numRuns = Number(process.env.PROPERTY_RUNS ?? 400);

test('whatever the patterns, text and split: the matches are those of a byte-at-a-time reader', () => {
  const patterns = fc.array(fc.oneof(regexArbitrary, regexArbitrary, literalArbitrary), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(patterns, consoleArbitrary, splitArbitrary, (list, { shown, sent }, sizes) => {
      const compiled = accepted(list);
      fc.pre(compiled.length > 0);
      expect(engine(compiled, cut(sent, sizes))).toEqual(reference(compiled, shown));
    }),
    { numRuns },
  );
});
