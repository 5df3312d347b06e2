import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { canonicalJson } from './canonical-json.ts';

test('the order of fields does not matter, that of items does', () => {
  expect(canonicalJson({ b: [1, 2], a: { d: null, c: 'x' } }, 'inputs')).toBe(
    '{"a":{"c":"x","d":null},"b":[1,2]}',
  );
  expect(canonicalJson([2, 1], 'inputs')).not.toBe(canonicalJson([1, 2], 'inputs'));
});

test('any JSON value survives, and a shuffled one has the same text', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = canonicalJson(value, 'inputs');
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value), 'inputs')).toBe(text);
    }),
  );
});

/** The same with every object's fields in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).reverse();
  return Object.fromEntries(fields.map(([field, own]) => [field, reversed(own)]));
}

test('undefined is absent, -0 is 0', () => {
  expect(canonicalJson({ a: undefined, b: -0 }, 'inputs')).toBe('{"b":0}');
});

const cycle: { self?: unknown } = {};
cycle.self = { inner: [cycle] };

test.each([
  [{ host: { name: () => 'x' } }, 'inputs.host.name is a function'],
  [{ at: new Date(0) }, 'inputs.at is a Date'],
  [{ all: [1, new Map()] }, 'inputs.all[1] is a Map'],
  [{ ratio: Number.NaN }, 'inputs.ratio is NaN'],
  [[undefined], 'inputs[0] is undefined'],
  [{ big: 1n }, 'inputs.big is a bigint'],
  [cycle, 'inputs.self.inner[0] is part of itself'],
])('what is no plain data is refused by its name', (value, message) => {
  expect(() => canonicalJson(value, 'inputs')).toThrow(ScenarioError);
  expect(() => canonicalJson(value, 'inputs')).toThrow(message);
});
