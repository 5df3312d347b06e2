/**
 * Files that an initramfs has beside its own: an archive before it, which Linux unpacks first. The format is cpio's
 * "newc": Linux Documentation/driver-api/early-userspace/buffer-format.rst.
 */
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ScenarioError } from '../../errors.ts';
import type { Image } from './image.ts';
import { singleFile } from './manifest.ts';

const DIRECTORY = 0o040755;
const FILE = 0o100644;
/** Each archive begins at a multiple of this; the zeros between are skipped. */
const ALIGNMENT = 512;

/** A file of another image. */
export interface FileOfImage {
  readonly image: string;
  /** Its name there; not needed where the image is one file. */
  readonly file?: string;
}

/**
 * The image with an initramfs (the last module of its direct boot) that has these files too, made in `folder`.
 * @param files full path in the initramfs → the image whose file it is
 * @throws ScenarioError when the image boots no initramfs, a path is not a full one, or an image has no such file.
 */
export async function withFilesInside(
  image: Image,
  files: Readonly<Record<string, FileOfImage>> = {},
  folder: string,
): Promise<Image> {
  const wanted = Object.entries(files);
  if (wanted.length === 0) return image;
  const initramfs = image.spec.direct?.modules.at(-1)?.file;
  if (initramfs === undefined)
    throw new ScenarioError(`image "${image.name}" boots no initramfs that files could be in`);
  const place = join(folder, 'initramfs');
  await mkdir(place, { recursive: true });
  const path = join(place, initramfs);
  await using archive = await open(path, 'wx');
  for (const directory of parents(wanted.map(([name]) => checkedPath(name))))
    await archive.writeFile(entry(directory, DIRECTORY, 0));
  for (const [name, from] of wanted) {
    const source = fileOf(image, from);
    const { size } = await stat(source);
    await archive.writeFile(entry(name.slice(1), FILE, size));
    await append(archive, source);
    await archive.writeFile(Buffer.alloc(-size & 3));
  }
  await archive.writeFile(entry('TRAILER!!!', 0, 0));
  const { size } = await archive.stat();
  await archive.writeFile(Buffer.alloc(-size & (ALIGNMENT - 1)));
  await append(archive, image.files[initramfs] as string);
  return { ...image, files: { ...image.files, [initramfs]: path } };
}

/** The header of an entry, in hexadecimal, and its name; both end at a multiple of four bytes. */
function entry(name: string, mode: number, size: number): Buffer {
  const links = mode === DIRECTORY ? 2 : 1;
  const [inode, owner, group, time, device, checksum] = [0, 0, 0, 0, 0, 0];
  const place = [device, device, device, device];
  const numbers = [inode, mode, owner, group, links, time, size, ...place, name.length + 1, checksum];
  const head = `070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}${name}\0`;
  return Buffer.from(head.padEnd((head.length + 3) & ~3, '\0'), 'latin1');
}

/** The folders that lead to the files, outermost first: Linux makes none by itself. */
function parents(paths: readonly string[]): string[] {
  const all = new Set<string>();
  for (const path of paths)
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) all.add(path.slice(1, at));
  return [...all].sort();
}

function checkedPath(path: string): string {
  if (/^(?:\/(?!\.{1,2}(?:\/|$))[\x21-\x2e\x30-\x7e]+)+$/.test(path)) return path;
  throw new ScenarioError(`files: "${path}" is no full path of a file in the guest`, {
    next: "write it as '/root/netbsd'",
  });
}

/** The path of a file of an image beside this one. */
function fileOf({ beside = [] }: Image, { image: name, file }: FileOfImage): string {
  const { spec, files } = beside.find((one) => one.name === name) as Image;
  const wanted = file ?? (spec.source.kind === 'recipe' ? undefined : singleFile(spec));
  const path = wanted === undefined ? undefined : files[wanted];
  if (path !== undefined) return path;
  const missing = wanted === undefined ? 'is not one file' : `has no file "${wanted}"`;
  throw new ScenarioError(`files: image "${name}" ${missing}`, {
    next: `name one of its files: ${Object.keys(files).join(', ')}`,
  });
}

async function append(archive: Awaited<ReturnType<typeof open>>, source: string): Promise<void> {
  await using from = await open(source);
  for await (const piece of from.createReadStream({ autoClose: false })) await archive.writeFile(piece);
}
