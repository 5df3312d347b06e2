import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeJson, scriptJson } from './safe-json.ts';

const HOSTILE = '</script><script>alert(1)</script><!--\u2028\u2029\x00\x1b]0;x\x07\x9b31m\u202e\ufeff\ud800';

test('what a guest prints stays a string: no tag, no control, no separator, no lone surrogate is left raw', () => {
  const json = scriptJson(safeJson({ text: HOSTILE }));
  expect(json).not.toMatch(/[<\x00-\x1f\x7f-\x9f\u2028\u2029\u202e\ufeff]|[\ud800-\udfff]/);
  expect(JSON.parse(json)).toEqual({ text: HOSTILE });
});

test('any value comes back as it was, from JSON and from a script', () => {
  // In a script a key `__proto__` is something else. The keys of what is written are domes' own.
  const value = fc.jsonValue({ maxDepth: 2 }).filter((one) => !JSON.stringify(one).includes('"__proto__":'));
  fc.assert(
    fc.property(value, fc.string({ unit: 'binary' }), (value, text) => {
      const json = scriptJson(safeJson([value, text]));
      expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify([value, text]));
      // What a browser does with a data script.
      expect(JSON.stringify(new Function(`return ${json}`)())).toBe(JSON.stringify([value, text]));
    }),
    { numRuns: 40 },
  );
});
