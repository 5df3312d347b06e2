import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageScript } from './page-script.ts';

let env: { DOMES_CACHE: string };
beforeEach(() => {
  env = { DOMES_CACHE: mkdtempSync(join(tmpdir(), 'domes-script-')) };
});
afterEach(() => rmSync(env.DOMES_CACHE, { recursive: true }));

function keptFile(): string {
  const folder = join(env.DOMES_CACHE, 'report-page');
  const [name, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  return join(folder, name as string);
}

test('what was bundled is kept as long as its files are what they were', async () => {
  const script = await pageScript(env);
  expect(script).toContain('All scenarios');
  const kept = JSON.parse(readFileSync(keptFile(), 'utf8'));
  expect(Object.keys(kept.files)).toEqual(expect.arrayContaining(['main.ts', 'timeline.ts']));
  const other = { ...kept, script: 'kept' };
  writeFileSync(keptFile(), JSON.stringify(other));
  expect(await pageScript(env)).toBe('kept');

  writeFileSync(keptFile(), JSON.stringify({ ...other, files: { ...kept.files, 'clock.ts': 'edited' } }));
  expect(await pageScript(env)).toBe(script);
  expect(JSON.parse(readFileSync(keptFile(), 'utf8'))).toEqual(kept);
});

test('a damaged cache, and one that can’t be written, cost nothing but time', async () => {
  const script = await pageScript(env);
  writeFileSync(keptFile(), '{"files":');
  expect(await pageScript(env)).toBe(script);
  expect(await pageScript({ DOMES_CACHE: '/dev/null/nowhere' })).toBe(script);
});
