/** The built-in image boots with the same options by GRUB (the recipe's files) and directly (the manifest). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readManifest, specOf } from './manifest.ts';

const ROOT = join(import.meta.dirname, '../../..');

function options(file: string): string {
  return readFileSync(join(ROOT, 'recipes/slim-dom0/files', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join(' ');
}

test('slim-dom0 has the same command lines in its boot menu and in the manifest', async () => {
  const { direct } = specOf(await readManifest(ROOT), 'slim-dom0');
  expect(direct?.append).toBe(options('xen.options'));
  expect(direct?.modules[0]?.append).toBe(options('dom0.options'));
});
