import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import type { Image } from './image.ts';
import { withFilesInside } from './initramfs-files.ts';
import type { ImageSpec } from './manifest.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-initramfs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KERNEL = Buffer.from('a kernel of an odd size');
const OWN = Buffer.from('the initramfs as it was');

function image(direct: ImageSpec['direct']): Image {
  writeFileSync(join(folder, 'initrd.img'), OWN);
  writeFileSync(join(folder, 'netbsd.gz'), KERNEL);
  const kernel: ImageSpec = {
    description: '',
    source: { kind: 'file', file: 'netbsd.gz' },
    kernel: 'netbsd.gz',
    machine: {},
  };
  const netbsd = {
    name: 'netbsd',
    digest: 'd',
    files: { 'netbsd.gz': join(folder, 'netbsd.gz') },
    spec: kernel,
  };
  const recipe = {
    name: 'debian-guest',
    digest: 'd',
    files: { 'disk.qcow2': '/disk', 'initrd.img': join(folder, 'netbsd.gz') },
    spec: { ...kernel, source: { kind: 'recipe', recipe: 'r' }, kernel: undefined } as ImageSpec,
  };
  return {
    name: 'dom0',
    digest: 'd',
    files: { xen: '/xen', 'initrd.img': join(folder, 'initrd.img') },
    spec: { ...kernel, source: { kind: 'recipe', recipe: 'r' }, kernel: undefined, direct },
    beside: [netbsd, recipe],
  };
}

const DIRECT = { kernel: 'xen', append: '', modules: [{ file: 'initrd.img', append: '' }] };
const files = { '/root/kernels/netbsd': { image: 'netbsd' } };

/** Needs cpio, which only those who build images have. */
function hasCpio(): boolean {
  try {
    execFileSync('cpio', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('files of other images stand in an archive before the initramfs', async () => {
  const { files: made } = await withFilesInside(image(DIRECT), files, folder);
  const bytes = readFileSync(made['initrd.img'] as string);
  const own = bytes.indexOf(OWN);
  expect(own % 512).toBe(0);
  expect(bytes.subarray(own)).toEqual(OWN);
  expect(bytes.includes(KERNEL)).toBe(true);
  expect(readFileSync(join(folder, 'initrd.img'))).toEqual(OWN);
});

test.skipIf(!hasCpio())('cpio reads what was written', async () => {
  const place = mkdtempSync(join(folder, 'read-'));
  const { files: made } = await withFilesInside(image(DIRECT), files, place);
  execFileSync('cpio', ['-id', '--quiet'], {
    cwd: place,
    input: readFileSync(made['initrd.img'] as string),
  });
  expect(readFileSync(join(place, 'root/kernels/netbsd'))).toEqual(KERNEL);
});

test('one of several files of an image', async () => {
  const place = mkdtempSync(join(folder, 'one-'));
  const one = { '/root/initrd.img': { image: 'debian-guest', file: 'initrd.img' } };
  const { files: made } = await withFilesInside(image(DIRECT), one, place);
  const bytes = readFileSync(made['initrd.img'] as string);
  expect(bytes.includes(KERNEL)).toBe(true);
  expect(bytes.includes('root/initrd.img\0')).toBe(true);
});

test('without files the image stays as it is', async () => {
  const same = image(DIRECT);
  expect(await withFilesInside(same, {}, folder)).toBe(same);
});

test.each([
  [undefined, files, 'boots no initramfs'],
  [DIRECT, { 'root/netbsd': { image: 'netbsd' } }, 'no full path'],
  [DIRECT, { '/root/../netbsd': { image: 'netbsd' } }, 'no full path'],
  [DIRECT, { '/root/initrd': { image: 'debian-guest' } }, 'one of its files: disk.qcow2, initrd.img'],
  [DIRECT, { '/root/initrd': { image: 'debian-guest', file: 'initrd' } }, 'has no file "initrd"'],
])('is refused: %j %j', async (direct, wanted, why) => {
  const place = mkdtempSync(join(folder, 'refused-'));
  const failure = await withFilesInside(image(direct), wanted, place).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ScenarioError);
  expect(String(failure)).toContain(why);
});
