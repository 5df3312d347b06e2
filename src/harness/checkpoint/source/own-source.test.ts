import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isOwnFile, ownDigest, sourceDigest } from './own-source.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'domes-own-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const FILES = {
  'src/expect/console.ts': 'export const a: number = 1; // one\n',
  'src/expect/pattern/pattern.ts': 'export const b = /x/;\n',
  'src/harness/stage.ts': "export const STAGES = ['firmware'];\n",
  'src/harness/qemu/argv.ts': "export const argv = ['-S'];\n",
};

async function digestWith(changed: Readonly<Record<string, string>> = {}): Promise<string> {
  for (const [file, text] of Object.entries({ ...FILES, ...changed })) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return await sourceDigest(root);
}

test.each([
  ['a value', { 'src/expect/console.ts': 'export const a: number = 2;' }, true],
  ['a pattern', { 'src/expect/pattern/pattern.ts': 'export const b = /y/;' }, true],
  ['the stages', { 'src/harness/stage.ts': "export const STAGES = ['kernel'];" }, true],
  ['a file more', { 'src/harness/xen/dom0.ts': 'export const c = 1;' }, true],
  ['a comment, a type and layout', { 'src/expect/console.ts': '/** One. */\nexport const a = (1)' }, false],
  ['a test', { 'src/expect/console.test.ts': 'test()' }, false],
  ['a fixture', { 'src/harness/qemu/fixtures/a.ts': 'export const d = 1;' }, false],
  ['the report', { 'src/harness/report/xml.ts': 'export const e = 1;' }, false],
])('%s changes domes itself: %s', async (_, changed, changes) => {
  const before = await digestWith();
  expect((await digestWith(changed)) !== before).toBe(changes);
});

test('domes itself has a digest, which stays', async () => {
  expect(await ownDigest()).toMatch(/^[0-9a-f]{64}$/);
  expect(await ownDigest()).toBe(await sourceDigest(join(import.meta.dirname, '../../../..')));
});

test('the door and the guest-facing files are domes itself, scenarios are not', () => {
  const at = (file: string) => isOwnFile(join(import.meta.dirname, '../../../..', file));
  expect(['src/harness/index.ts', 'src/expect/console.ts', 'src/harness/stage.ts'].map(at)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['scenarios/xen-pv.test.ts', 'src/harness/stages.ts', 'src/harness/report/xml.ts'].map(at)).toEqual([
    false,
    false,
    false,
  ]);
});
