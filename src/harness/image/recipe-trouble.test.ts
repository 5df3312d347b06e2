import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ImageError, ScenarioError } from '../../errors.ts';
import { ensureImage } from './ensure-image.ts';
import { findImage } from './find-image.ts';
import { ScratchHome } from './fixtures/scratch-home.ts';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

const hasApt = spawnSync('apt-get', ['--version']).status === 0;
const packages = [{ name: 'kernel', dependsMatching: '^kernel-\\d' }, 'busybox'];

let home: ScratchHome;
beforeEach(() => {
  home = new ScratchHome();
  home.publish([
    { name: 'kernel', depends: 'kernel-6.1 (= 1.0), other' },
    { name: 'kernel-6.1', version: '6.1-1', content: 'the kernel' },
    { name: 'busybox', version: '1:1.35', content: 'the box' },
  ]);
});
afterEach(() => home[Symbol.dispose]());

/** The message of the error; nothing may be left of the attempt. */
async function failure(): Promise<string> {
  const error = await ensureImage('slim', { home }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImageError);
  expect(home.cached('images')).toEqual([]);
  expect(home.cached('scratch')).toEqual([]);
  return (error as Error).message.replaceAll(home.folder, '…').replaceAll(/^ +\d+\.\d+ │/gm, '  0.000 │');
}

describe.skipIf(!hasApt)('one clear message for', () => {
  it('a recipe that fails', async () => {
    home.recipe('slim', packages, 'echo packing; echo "oh \x1b[31mno" >&2; exit 3');
    expect(await failure()).toMatchInlineSnapshot(`
      "recipe recipes/slim failed: build.sh ended with status 3
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        0.000 │ packing
        0.000 │ oh ␛[31mno
        next        mend recipes/slim/build.sh, then run: npx domes images build"
    `);
  });

  it('a recipe that does not make what it promises', async () => {
    home.recipe('slim', packages, 'true');
    expect(await failure()).toMatchInlineSnapshot(`
      "image slim: its recipe did not make disk.raw
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame"
    `);
  });

  it('a disk that runs full', async () => {
    home.recipe('slim', packages, 'echo 12345 > /dev/full');
    expect((await failure()).replace(/\([\d.]+ [KMG]B free\)/, '(… free)')).toMatchInlineSnapshot(`
      "the disk is full: recipes/slim could not be written to …/cache/scratch/image-slim (… free)
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        free some room (npx domes images prune), or set DOMES_CACHE to a folder on a larger disk"
    `);
  });

  it('an unknown package', async () => {
    home.recipe('slim', ['bussybox'], 'true');
    expect(await failure()).toMatchInlineSnapshot(`
      "recipes/slim/recipe.json asks for bussybox, which this host's package sources do not have
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        probably    they are those of another release or distribution than the recipe was written for (Debian 12)
        next        set DOMES_APT_SOURCES to a sources.list file that names a Debian 12 mirror"
    `);
    home.recipe('slim', [{ name: 'kernel', dependsMatching: '^bsd' }], 'true');
    expect(await failure()).toMatchInlineSnapshot(`
      "recipes/slim/recipe.json: kernel 1.0 depends on nothing that matches /^bsd/
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        probably    its dependencies are kernel-6.1, other"
    `);
  });

  it('packages that are not what the archive announces', async () => {
    home.publish([{ name: 'busybox', sha256: 'ab'.repeat(32) }]).recipe('slim', ['busybox'], 'true');
    expect(await failure()).toMatch(/^apt-get download failed: .*(Hash Sum mismatch|hash)/i);
  });

  it('no package sources at all', async () => {
    writeFileSync(home.env.DOMES_APT_SOURCES as string, '');
    home.recipe('slim', packages, 'true');
    expect(await failure()).toMatchInlineSnapshot(`
      "apt on this host has no package sources, so there is nothing to build images from
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        write a sources.list with a Debian mirror of your choice to a file and set DOMES_APT_SOURCES to its path, e.g. deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] <mirror> bookworm main"
    `);
    home.env.DOMES_APT_SOURCES = join(home.folder, 'nowhere');
    expect(await failure()).toMatchInlineSnapshot(`
      "DOMES_APT_SOURCES names …/nowhere, which cannot be read
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame"
    `);
  });

  it('a cache that cannot be written', async () => {
    writeFileSync(home.cacheDir, 'a file in its place');
    home.recipe('slim', packages, 'true');
    expect(await failure()).toMatchInlineSnapshot(`
      "image slim cannot be kept: ENOTDIR (mkdir …/cache/locks)
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        make …/cache writable, or set DOMES_CACHE to another folder"
    `);
  });

  it('mistakes in the recipe', async () => {
    const message = async () => {
      const error = await findImage('slim', { home }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ScenarioError);
      return (error as Error).message.replaceAll(home.folder, '…');
    };
    home.recipe('slim', ['Busybox', { name: 'x1', dependsMatching: '(' }], 'true');
    expect(await message()).toMatchInlineSnapshot(`
      "recipes/slim/recipe.json has 2 mistakes:
        packages.0: not a package name: lower-case letters, digits, "+ - ."
        packages.1.dependsMatching: not a regular expression"
    `);
    home.write('recipes/slim/recipe.json', JSON.stringify({ packages: ['busybox'], outputs: ['disk.img'] }));
    expect(await message()).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.disk: recipes/slim/recipe.json has no output "disk.raw" (did you mean "disk.img"?)"`,
    );
    rmSync(join(home.root, 'recipes'), { recursive: true });
    expect(await message()).toMatchInlineSnapshot(
      `"recipes/slim/recipe.json cannot be read: there is no file …/project/recipes/slim/recipe.json"`,
    );
  });
});
