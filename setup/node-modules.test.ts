import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { staleness } from './node-modules.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'domes-modules-'));
  mkdirSync(join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true }));

const wanted = {
  '': { name: 'domes', version: '0.1.0' },
  'node_modules/zod': { version: '4.0.0' },
  'node_modules/other-cpu': { version: '1.0.0', optional: true },
};
const write = (path: string, packages: object) =>
  writeFileSync(join(root, path), JSON.stringify({ packages }));

it('is none when npm installed what the lock says', () => {
  write('package-lock.json', wanted);
  write('node_modules/.package-lock.json', { 'node_modules/zod': { version: '4.0.0' } });
  expect(staleness(root)).toBeUndefined();
});

it('names what is missing or of another version', () => {
  expect(staleness(root)).toBe('package-lock.json is missing or damaged');
  write('package-lock.json', wanted);
  expect(staleness(root)).toBe('the npm packages are not installed yet');
  write('node_modules/.package-lock.json', {});
  expect(staleness(root)).toBe('node_modules/zod should be 4.0.0, but nothing is installed');
  write('node_modules/.package-lock.json', { 'node_modules/zod': { version: '3.9.0' } });
  expect(staleness(root)).toBe('node_modules/zod should be 4.0.0, but 3.9.0 is installed');
  writeFileSync(join(root, 'node_modules/.package-lock.json'), '{');
  expect(staleness(root)).toBe('the npm packages are not installed yet');
});
