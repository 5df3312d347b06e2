import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureImage } from './ensure-image.ts';
import { findImage } from './find-image.ts';
import { KeptProgress, ScratchHome } from './fixtures/scratch-home.ts';

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
let home: ScratchHome;
beforeEach(() => {
  home = new ScratchHome();
});
afterEach(() => home[Symbol.dispose]());

const messageOf = async (name = 'mine') =>
  String(await findImage(name, { home }).catch((thrown: Error) => thrown.message)).replaceAll(
    home.folder,
    '…',
  );

describe('a local file', () => {
  it('is used where it is, and read once only', async () => {
    home.write('disks/mine.raw', 'bytes').manifest({
      mine: { source: { kind: 'file', file: 'disks/mine.raw', sha256: digestOf('bytes') }, disk: 'mine.raw' },
    });
    const first = new KeptProgress();
    const image = await ensureImage('mine', { home, progress: first });
    expect(image.files).toEqual({ 'mine.raw': join(home.root, 'disks/mine.raw') });
    expect(first.steps).toHaveLength(1);
    const second = new KeptProgress();
    expect(await ensureImage('mine', { home, progress: second })).toEqual(image);
    expect(second.steps).toEqual([]);
    expect(home.cached('images')).toEqual([]);
    expect(readFileSync(join(home.root, 'disks/mine.raw'), 'utf8')).toBe('bytes');
  });

  it('has another digest when it has changed', async () => {
    home
      .write('mine.raw', 'one')
      .manifest({ mine: { source: { kind: 'file', file: 'mine.raw' }, disk: 'mine.raw' } });
    const before = await findImage('mine', { home });
    home.write('mine.raw', 'two');
    expect((await findImage('mine', { home })).digest).not.toBe(before.digest);
  });

  it('that is missing, unlike the manifest, or no file gives one clear message', async () => {
    const source = { kind: 'file', file: 'mine.raw', sha256: digestOf('bytes') };
    home.manifest({ mine: { source, disk: 'mine.raw' } });
    expect(await messageOf()).toMatchInlineSnapshot(`
      "image mine needs …/project/mine.raw, which is not there
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        put the file there, or name another: export DOMES_IMAGE_MINE=<its path>"
    `);
    home.write('mine.raw', 'other');
    expect(await messageOf()).toMatchInlineSnapshot(`
      "image mine: …/project/mine.raw has another SHA-256 than the manifest says
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        probably    found d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa, expected 277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9
        next        if the file is right, put its SHA-256 into images.manifest.json"
    `);
    home.manifest({ mine: { source: { kind: 'file', file: '.' }, disk: 'mine.raw' } });
    expect(await messageOf()).toMatchInlineSnapshot(`
      "…/project is a folder or a device, not an image file
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame"
    `);
  });
});

describe('DOMES_IMAGE_… puts a file of the user in place of', () => {
  const machine = { memoryMiB: 512 };
  beforeEach(() => {
    const source = { kind: 'recipe', recipe: 'recipes/slim' };
    home.manifest({ 'slim-dom0': { source, disk: 'disk.raw', direct: { kernel: 'xen' }, machine } });
  });

  it.each(['DOMES_IMAGE_SLIM_DOM0', 'DOMES_IMAGE_slim_dom0', 'DOMES_IMAGE_slim-dom0'])(
    'an image (%s)',
    async (variable) => {
      const file = join(home.folder, 'own.img');
      writeFileSync(file, 'QFI\xfb…', 'latin1');
      chmodSync(file, 0o444);
      home.env[variable] = file;
      const image = await findImage('slim-dom0', { home });
      expect(image.files).toEqual({ 'own.img': file });
      // Known by its first bytes, whatever its name.
      expect(image.spec.disk).toEqual({ file: 'own.img', format: 'qcow2' });
      expect(image.spec.direct).toBeUndefined();
      expect(image.spec.machine).toEqual(machine);
    },
  );

  it('an image by a CD', async () => {
    home.env.DOMES_IMAGE_SLIM_DOM0 = join(home.folder, 'own.iso');
    writeFileSync(home.env.DOMES_IMAGE_SLIM_DOM0, 'iso');
    expect((await findImage('slim-dom0', { home })).spec).toMatchObject({ cdrom: 'own.iso' });
  });

  it('no image: the name is wrong, or the file is missing', async () => {
    home.env.DOMES_IMAGE_SLIM_DOM0 = join(home.folder, 'nowhere.img');
    expect(await messageOf('slim-dom0')).toMatchInlineSnapshot(`
      "image slim-dom0 needs …/nowhere.img, which is not there
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        put the file there, or name another: export DOMES_IMAGE_SLIM_DOM0=<its path>"
    `);
    home.env.DOMES_IMAGE_SLIM_DOMO = 'x';
    expect(await messageOf('slim-dom0')).toMatchInlineSnapshot(
      `"DOMES_IMAGE_SLIM_DOMO is set, but images.manifest.json has no such image (did you mean "DOMES_IMAGE_SLIM_DOM0"?)"`,
    );
  });
});

describe('an image that not everybody has', () => {
  it('is told why it is not there, unless the environment names a file for it: that must be there', async () => {
    const { whyNoImage } = await import('./find-image.ts');
    home.manifest({ mine: { source: { kind: 'file', file: 'kernel' }, kernel: 'kernel' } });
    expect(await whyNoImage('mine', { home })).toContain('which is not there; put the file there');
    home.env.DOMES_IMAGE_mine = '/nonexistent';
    await expect(whyNoImage('mine', { home })).rejects.toThrow(
      'image mine needs /nonexistent, which is not there (DOMES_IMAGE_MINE names it)',
    );
    home.write('page.gz', '<!DOCTYPE html>');
    home.env.DOMES_IMAGE_mine = join(home.root, 'page.gz');
    await expect(whyNoImage('mine', { home })).rejects.toThrow(/page\.gz is a web page/);
  });
});
