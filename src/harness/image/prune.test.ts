import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ensureImage } from './ensure-image.ts';
import { lock } from './exclusive.ts';
import { findImage } from './find-image.ts';
import { ScratchHome } from './fixtures/scratch-home.ts';
import { prune } from './prune.ts';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

const hasApt = spawnSync('apt-get', ['--version']).status === 0;

let home: ScratchHome;
beforeEach(() => {
  home = new ScratchHome();
  home.publish([{ name: 'kernel' }, { name: 'busybox' }]);
});
afterEach(() => home[Symbol.dispose]());

it.skipIf(!hasApt)('takes away what manifest and lock do not ask for, and nothing else', async () => {
  home.recipe('slim', ['kernel', 'busybox'], 'cat "$DEBS"/* > "$OUT/disk.raw"');
  const former = await ensureImage('slim', { home });
  home.recipe('slim', ['busybox'], 'cat "$DEBS"/* > "$OUT/disk.raw"');
  const image = await ensureImage('slim', { home });
  const formerFolder = dirname(former.files['disk.raw'] as string);

  const unused = await prune(home, { dryRun: true });
  expect(unused.map(({ path }) => path)).toEqual([
    formerFolder,
    expect.stringMatching(/packages\/[0-9a-f]{64}\.deb$/),
  ]);
  expect(existsSync(formerFolder)).toBe(true);
  expect(await prune(home)).toEqual(unused);
  expect(existsSync(formerFolder)).toBe(false);
  expect(await prune(home)).toEqual([]);
  expect(await findImage('slim', { home })).toEqual(image);
});

it('takes away what a killed build left, but not from under a living one', async () => {
  home.manifest({}).write('../cache/scratch/image-slim/out/disk.raw', 'half');
  const building = await lock(home, 'image-slim');
  await expect(prune(home)).rejects.toThrow('another process is at work in ');
  await building[Symbol.asyncDispose]();
  expect(await prune(home)).toEqual([{ path: join(home.cacheDir, 'scratch/image-slim'), size: 4 }]);
  expect(home.cached('scratch')).toEqual([]);
});
