/**
 * Files on a CD image (ISO 9660, ECMA-119): found and copied out, so that QEMU can load an installer's kernel itself.
 * Names are compared as the plain standard has them, `ISOLINUX/VMLINUZ.;1`: extensions for longer ones are not read.
 */
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ImageError } from '../../errors.ts';
import type { Image } from './image.ts';

const SECTOR = 2_048;
/** Volume descriptors begin here (8.1); the primary one has type 1 and the root's directory record at byte 156 (8.4). */
const FIRST_DESCRIPTOR = 16;
const ROOT_RECORD = 156;

interface Extent {
  readonly at: number;
  readonly size: number;
}

/**
 * An image whose kernel and modules are files of their own: where they are on its CD, they are copied into `folder`.
 * @throws ImageError when the CD has no such file, or is no ISO 9660 image.
 */
export async function withFilesOfCd(image: Image, folder: string): Promise<Image> {
  const { cdrom, direct } = image.spec;
  if (!cdrom || !direct?.onCdrom) return image;
  const wanted = [direct.kernel, ...direct.modules.map(({ file }) => file)];
  const place = join(folder, 'cd');
  await mkdir(place, { recursive: true });
  await using cd = await open(image.files[cdrom] as string, 'r');
  const files: Record<string, string> = { ...image.files };
  for (const [index, file] of wanted.entries()) {
    const { at, size } = await extentOf(cd, file, image);
    files[file] = join(place, `${index}`);
    const bytes = cd.createReadStream({ start: at, end: at + size - 1, autoClose: false });
    await pipeline(bytes, createWriteStream(files[file]));
  }
  return { ...image, files };
}

async function extentOf(cd: FileHandle, path: string, { name }: Image): Promise<Extent> {
  const descriptor = await read(cd, { at: FIRST_DESCRIPTOR * SECTOR, size: SECTOR });
  if (descriptor.toString('latin1', 0, 6) !== '\x01CD001')
    throw new ImageError(`image ${name} is not a CD image: it has no ISO 9660 volume`);
  let extent = extentIn(descriptor, ROOT_RECORD);
  for (const part of path.split('/')) {
    const found = entriesOf(await read(cd, extent)).get(part.toUpperCase());
    if (!found) throw new ImageError(`the CD of image ${name} has no file ${path}`);
    extent = found;
  }
  return extent;
}

/** A directory's records (9.1). One never crosses a sector's end; what is left of a sector is zero. */
function entriesOf(directory: Buffer): Map<string, Extent> {
  const entries = new Map<string, Extent>();
  let at = 0;
  while (at < directory.length) {
    const length = directory.readUInt8(at);
    if (length === 0) {
      at = (Math.floor(at / SECTOR) + 1) * SECTOR;
      continue;
    }
    const name = directory.toString('latin1', at + 33, at + 33 + directory.readUInt8(at + 32));
    // `NAME.;1`: the extension may be empty, the version is of no interest.
    entries.set(name.replace(/;\d+$/, '').replace(/\.$/, ''), extentIn(directory, at));
    at += length;
  }
  return entries;
}

/** First sector and size of a record, as little-endian numbers (7.3.3: both orders are there). */
function extentIn(record: Buffer, at: number): Extent {
  return { at: record.readUInt32LE(at + 2) * SECTOR, size: record.readUInt32LE(at + 10) };
}

async function read(cd: FileHandle, { at, size }: Extent): Promise<Buffer> {
  const { buffer, bytesRead } = await cd.read(Buffer.alloc(size), 0, size, at);
  return buffer.subarray(0, bytesRead);
}
