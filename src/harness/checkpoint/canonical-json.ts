/** JSON in one form only: the same value gives the same text, whatever the order of its fields. */
import { ScenarioError } from '../../errors.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json };

/**
 * The value as JSON with sorted fields and without spaces. A field that is undefined is as good as absent.
 * @param name what it is, for messages: `checkpoint "login": inputs`.
 * @throws ScenarioError naming the field that is no plain data: a function, a Date, NaN, a cycle.
 */
export function canonicalJson(value: unknown, name: string): string {
  return textOf(value, name, []);
}

function textOf(value: unknown, name: string, around: readonly object[]): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notPlain(name, String(value));
    // -0 and 0 are one number to whoever wrote them.
    return JSON.stringify(value === 0 ? 0 : value);
  }
  if (typeof value !== 'object')
    throw notPlain(name, value === undefined ? 'undefined' : `a ${typeof value}`);
  if (around.includes(value)) throw notPlain(name, 'part of itself');
  const within = [...around, value];
  if (Array.isArray(value))
    return `[${Array.from(value, (item, index) => textOf(item, `${name}[${index}]`, within)).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw notPlain(name, `a ${value.constructor?.name || 'class instance'}`);
  const fields = Object.entries(value).filter(([, own]) => own !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, own]) => `${JSON.stringify(field)}:${textOf(own, `${name}.${field}`, within)}`)
    .join(',')}}`;
}

function notPlain(name: string, found: string): ScenarioError {
  return new ScenarioError(`${name} is ${found}`, {
    next: 'give plain data: strings, finite numbers, booleans, null, arrays and objects of these',
  });
}
