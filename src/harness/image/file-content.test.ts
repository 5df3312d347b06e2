import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wrongContent } from './file-content.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-content-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const elfFor = (machine: number): Buffer =>
  Buffer.concat([
    Buffer.from('\x7fELF\x02\x01', 'latin1'),
    Buffer.alloc(12),
    Buffer.from([machine, 0]),
    Buffer.alloc(300_000, 7),
  ]);
const elf = elfFor(62);
const cd = Buffer.concat([Buffer.alloc(0x8001), Buffer.from('CD001\x01')]);
const bzImage = Buffer.concat([Buffer.alloc(0x202), Buffer.from('HdrS'), Buffer.alloc(100)]);
const PAGE = '\n<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>';

async function whyNot(content: string | Buffer, spec: { kernel?: string } = {}): Promise<string | undefined> {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return (await wrongContent(path, spec))?.why;
}

test.each([
  ['an ELF file', elf],
  ['a gzip of one', gzipSync(elf)],
  ['a bzImage', bzImage],
])('%s may be a kernel', async (_, content) => {
  expect(await whyNot(content, { kernel: 'netbsd' })).toBeUndefined();
});

test.each([
  ['', 'is empty'],
  [PAGE, 'is a web page'],
  [gzipSync(PAGE), 'is no kernel: it is a gzip of something else'],
  [Buffer.from([0x1f, 0x8b, 8, 0, 1]), 'is no kernel: it is a gzip of something else'],
  ['PK\x03\x04', 'is packed (zip)'],
  [Buffer.from('\xfd7zXZ\0 and so on', 'latin1'), 'is packed (xz)'],
  ['a text', 'is no kernel: it is neither'],
  [cd, 'is a CD, and no kernel'],
  [elfFor(183), 'is a kernel for another processor (ARM)'],
  [gzipSync(elfFor(2)), 'is a kernel for another processor (number 2)'],
])('%j is no kernel', async (content, why) => {
  expect(await whyNot(content, { kernel: 'netbsd' })).toContain(why);
});

test.each([
  ['', 'is empty'],
  [PAGE, 'is a web page'],
  [gzipSync('a disk'), 'is packed (gzip)'],
  ['BZh9', 'is packed (bzip2)'],
  [elf, 'is a kernel, and no disk'],
])('%j is no disk', async (content, why) => {
  expect(await whyNot(content)).toContain(why);
});

test('a disk may begin with anything else', async () => {
  expect(await whyNot('QFI\xfb')).toBeUndefined();
  expect(await whyNot(Buffer.alloc(512))).toBeUndefined();
  expect(await whyNot(cd)).toBeUndefined();
});

test.each([
  ['set.txz', 'tar -xf PATH; and name the file in it'],
  ['netbsd.xz', 'unxz PATH; and name the file in it'],
  ['kernel.txz', 'tar -xf PATH ./boot/kernel/kernel; and name boot/kernel/kernel'],
])('%s: how it is unpacked', async (name, command) => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from('\xfd7zXZ\0', 'latin1'));
  const next = `run: ${command.replace('PATH', path)}`;
  expect(await wrongContent(path, { kernel: 'freebsd' })).toEqual({ why: 'is packed (xz)', next });
});

test("FreeBSD's base.txz has no kernel: the set beside it has", async () => {
  const path = join(folder, 'base.txz');
  writeFileSync(path, Buffer.from('\xfd7zXZ\0', 'latin1'));
  const wrong = await wrongContent(path, { kernel: 'freebsd' });
  expect(wrong?.next).toContain(`tar -xf ${join(folder, 'kernel.txz')} ./boot/kernel/kernel`);
});
