import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { MANIFEST_FILE, readManifest, specOf } from './manifest.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'domes-manifest-'));
});
afterEach(() => rmSync(root, { recursive: true }));

async function mistake(text: string): Promise<string> {
  writeFileSync(join(root, MANIFEST_FILE), text);
  const error = await readManifest(root).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ScenarioError);
  return (error as ScenarioError).message;
}

const mistakeIn = (image: object) => mistake(JSON.stringify({ images: { slim: image } }));
const sha256 = 'ab'.repeat(32);
const recipe = { kind: 'recipe', recipe: 'recipes/slim' };

describe('the manifest', () => {
  it('reads every kind of source, and fills in what is not said', async () => {
    const images = {
      slim: { source: recipe, disk: 'disk.raw', direct: { kernel: 'xen', modules: [{ file: 'vmlinuz' }] } },
      cloud: { source: { kind: 'url', url: 'https://x.test/c.qcow2', sha256 }, disk: 'c.qcow2' },
      mine: { source: { kind: 'file', file: 'mine.img' }, disk: { file: 'mine.img', format: 'qcow2' } },
    };
    writeFileSync(join(root, MANIFEST_FILE), JSON.stringify({ images }));
    const manifest = await readManifest(root);
    expect(specOf(manifest, 'slim')).toEqual({
      description: '',
      source: recipe,
      disk: { file: 'disk.raw', format: 'raw' },
      direct: { kernel: 'xen', append: '', modules: [{ file: 'vmlinuz', append: '' }] },
      machine: {},
    });
    expect(specOf(manifest, 'cloud').disk).toEqual({ file: 'c.qcow2', format: 'qcow2' });
    expect(specOf(manifest, 'mine').disk).toEqual({ file: 'mine.img', format: 'qcow2' });
  });

  it('names the nearest image for an unknown one', async () => {
    writeFileSync(
      join(root, MANIFEST_FILE),
      JSON.stringify({ images: { 'slim-dom0': { source: recipe, disk: 'd.raw' } } }),
    );
    const manifest = await readManifest(root);
    expect(() => specOf(manifest, 'slim-domo')).toThrowErrorMatchingInlineSnapshot(
      `[ScenarioError: there is no image "slim-domo" in images.manifest.json (did you mean "slim-dom0"?)]`,
    );
    expect(() => specOf(manifest, 'windows')).toThrowErrorMatchingInlineSnapshot(
      `[ScenarioError: there is no image "windows" in images.manifest.json (there is: slim-dom0)]`,
    );
    expect(() => specOf(manifest, 'toString')).toThrow(ScenarioError);
  });
});

describe('one clear message for', () => {
  it('a missing file', async () => {
    const error = await readManifest(join(root, 'nowhere')).catch((thrown: Error) => thrown.message);
    expect(error?.toString().replaceAll(root, '…')).toMatchInlineSnapshot(
      `"images.manifest.json cannot be read: there is no file …/nowhere/images.manifest.json"`,
    );
  });

  it('text that is not JSON', async () => {
    expect(await mistake('{\n  "images": {,}\n}')).toMatchInlineSnapshot(
      `"images.manifest.json is not valid JSON at line 2, column 14: Expected property name or '}'"`,
    );
    expect(await mistake('{ "images": {')).toMatchInlineSnapshot(
      `"images.manifest.json is not valid JSON at line 1, column 14: Expected property name or '}'"`,
    );
  });

  it('a missing field', async () => {
    expect(await mistake('{}')).toMatchInlineSnapshot(
      `"images.manifest.json: images: missing; expected an object"`,
    );
    expect(await mistakeIn({ disk: 'd.raw' })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.source: missing; expected an object"`,
    );
    expect(await mistakeIn({ source: { kind: 'url', sha256 }, disk: 'd.raw' })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.source.url: missing; expected a string"`,
    );
    expect(await mistakeIn({ source: {}, disk: 'd.raw' })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.source.kind: missing; expected "recipe", "url" or "file""`,
    );
  });

  it('an unknown field', async () => {
    expect(
      await mistakeIn({ source: { kind: 'recipe', recpie: 'x' }, disk: 'd.raw' }),
    ).toMatchInlineSnapshot(`
      "images.manifest.json has 2 mistakes:
        images.slim.source.recipe: missing; expected a string
        images.slim.source: unknown field "recpie" (did you mean "recipe"?)"
    `);
    expect(await mistakeIn({ source: recipe, dsik: 'd.raw' })).toMatchInlineSnapshot(`
      "images.manifest.json has 2 mistakes:
        images.slim: unknown field "dsik" (did you mean "disk"?)
        images.slim: expected a way to boot it: disk, cdrom or direct"
    `);
    expect(
      await mistakeIn({ source: recipe, disk: 'd.raw', machine: { memory: '1G' } }),
    ).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.machine: unknown field "memory" (did you mean "memoryMiB"?)"`,
    );
  });

  it('a wrong value', async () => {
    expect(await mistakeIn({ source: { kind: 'recip' }, disk: 'd.raw' })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.source.kind: expected "recipe", "url" or "file", found "recip" (did you mean "recipe"?)"`,
    );
    expect(await mistakeIn({ source: recipe, disk: 7 })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.disk: expected a file name such as "disk.raw", or { "file": "…", "format": "raw" or "qcow2" }"`,
    );
    expect(await mistakeIn({ source: recipe, cdrom: '../etc/passwd' })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.cdrom: expected a plain file name: letters, digits, ". _ + -", no folders"`,
    );
    expect(
      await mistakeIn({ source: recipe, disk: 'd.raw', machine: { cpus: 'two' } }),
    ).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.machine.cpus: expected a number, found "two""`,
    );
    expect(await mistakeIn({ source: recipe, disk: 'd.raw', machine: { cpus: 99 } })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.machine.cpus: expected at most 16, found 99"`,
    );
    expect(
      await mistakeIn({ source: recipe, disk: 'd.raw', machine: { type: 'q53' } }),
    ).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.machine.type: expected "pc" or "q35", found "q53" (did you mean "q35"?)"`,
    );
    expect(
      await mistakeIn({ source: { kind: 'url', url: 'ftp://x.test/d', sha256: 'AB' }, disk: 'd' }),
    ).toMatchInlineSnapshot(`
      "images.manifest.json has 2 mistakes:
        images.slim.source.url: expected an address that starts with https:// or http://
        images.slim.source.sha256: expected a SHA-256: 64 digits 0-9 a-f, in lower case"
    `);
    expect(
      await mistake(JSON.stringify({ images: { 'Slim Dom0': { source: recipe, disk: 'd' } } })),
    ).toMatchInlineSnapshot(
      `"images.manifest.json: images.Slim Dom0: an image name is of lower-case letters, digits, ". _ -""`,
    );
  });

  it('an image that cannot be booted, or in two ways at once', async () => {
    expect(await mistakeIn({ source: recipe })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim: expected a way to boot it: disk, cdrom or direct"`,
    );
    const source = { kind: 'file', file: 'x.img' };
    expect(await mistakeIn({ source, disk: 'x.img', cdrom: 'x.img' })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.cdrom: this image is one file: either disk or cdrom"`,
    );
    expect(await mistakeIn({ source, disk: 'x.img', direct: { kernel: 'k' } })).toMatchInlineSnapshot(
      `"images.manifest.json: images.slim.direct: only an image made by a recipe has a kernel file, or one whose kernel is onCdrom"`,
    );
  });
});
