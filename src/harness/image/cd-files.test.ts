import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImageError } from '../../errors.ts';
import { withFilesOfCd } from './cd-files.ts';
import type { Image } from './image.ts';

const SECTOR = 2_048;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-cd-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A directory record: length, first sector and size in both byte orders, name. */
function record(name: string, sector: number, size: number): Buffer {
  const bytes = Buffer.alloc(33 + name.length + ((name.length + 1) % 2));
  bytes.writeUInt8(bytes.length, 0);
  bytes.writeUInt32LE(sector, 2);
  bytes.writeUInt32BE(sector, 6);
  bytes.writeUInt32LE(size, 10);
  bytes.writeUInt32BE(size, 14);
  bytes.writeUInt8(name.length, 32);
  bytes.write(name, 33, 'latin1');
  return bytes;
}

/** A CD with /ISOLINUX/VMLINUZ.;1 and /ISOLINUX/INITRD.IMG;1, the latter behind the first sector of its directory. */
function cd(kernel: Buffer, initrd: Buffer): Buffer {
  const iso = Buffer.alloc(40 * SECTOR);
  iso.write('\x01CD001', 16 * SECTOR, 'latin1');
  record('\0', 20, SECTOR).copy(iso, 16 * SECTOR + 156);
  Buffer.concat([
    record('\0', 20, SECTOR),
    record('\x01', 20, SECTOR),
    record('ISOLINUX', 21, 2 * SECTOR),
  ]).copy(iso, 20 * SECTOR);
  record('VMLINUZ.;1', 24, kernel.length).copy(iso, 21 * SECTOR);
  record('INITRD.IMG;1', 30, initrd.length).copy(iso, 22 * SECTOR);
  kernel.copy(iso, 24 * SECTOR);
  initrd.copy(iso, 30 * SECTOR);
  return iso;
}

function imageOf(bytes: Buffer, initrd = 'isolinux/initrd.img'): Image {
  const file = join(folder, 'install.iso');
  writeFileSync(file, bytes);
  const direct = {
    onCdrom: true,
    kernel: 'isolinux/vmlinuz',
    append: '',
    modules: [{ file: initrd, append: '' }],
  };
  const source = { kind: 'file' as const, file };
  const spec = { description: '', source, cdrom: 'install.iso', direct, machine: {} };
  return { name: 'x', digest: 'd', files: { 'install.iso': file }, spec };
}

test('kernel and initrd come off the CD', async () => {
  const [kernel, initrd] = [Buffer.alloc(5_000, 'k'), Buffer.from('initrd')];
  const { files } = await withFilesOfCd(imageOf(cd(kernel, initrd)), folder);
  expect(readFileSync(files['isolinux/vmlinuz'] as string).equals(kernel)).toBe(true);
  expect(readFileSync(files['isolinux/initrd.img'] as string, 'utf8')).toBe('initrd');
});

test('a file that is not there, and a file that is no CD', async () => {
  const iso = cd(Buffer.from('k'), Buffer.from('i'));
  const missing = withFilesOfCd(imageOf(iso, 'images/initrd.img'), folder);
  await expect(missing).rejects.toThrow('the CD of image x has no file images/initrd.img');
  await expect(withFilesOfCd(imageOf(Buffer.alloc(1 << 20)), folder)).rejects.toThrow(ImageError);
});

test('an image without a CD is as it was', async () => {
  const image = imageOf(Buffer.alloc(0));
  const spec = { ...image.spec, direct: { ...image.spec.direct, onCdrom: false } } as Image['spec'];
  expect(await withFilesOfCd({ ...image, spec }, folder)).toEqual({ ...image, spec });
});
