import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { domes } from './fixtures/typed-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-cast-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('prints version 2', async () => {
  const file = join(folder, 'console.cast');
  writeFileSync(file, '{"version":3,"term":{"cols":80,"rows":24}}\n[0.5,"o","Xen"]\n[0.25,"m","kernel"]\n');
  const { code, out } = await domes(`cast ${file}`);
  expect(code).toBe(0);
  expect(out).toBe('{"version":2,"width":80,"height":24}\n[0.5,"o","Xen"]\n[0.75,"m","kernel"]\n');
});

test.each([
  ['missing.cast', undefined, 'there is no such file'],
  ['empty.cast', '', 'is no asciicast of version 3'],
  ['console.log', 'GRUB loading.\n', 'is no asciicast of version 3'],
])('%s', async (name, content, message) => {
  const file = join(folder, name);
  if (content !== undefined) writeFileSync(file, content);
  const { code, out, err } = await domes(`cast ${file}`);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
});
