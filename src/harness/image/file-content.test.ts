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

const elf = Buffer.concat([Buffer.from('\x7fELF\x02\x01', 'latin1'), Buffer.alloc(300_000, 7)]);
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
])('%j is no kernel', async (content, why) => {
  expect(await whyNot(content, { kernel: 'netbsd' })).toContain(why);
});

test.each([
  ['', 'is empty'],
  [PAGE, 'is a web page'],
  [gzipSync('a disk'), 'is packed (gzip)'],
  ['BZh9', 'is packed (bzip2)'],
])('%j is no disk', async (content, why) => {
  expect(await whyNot(content)).toContain(why);
});

test('a disk may begin with anything else', async () => {
  expect(await whyNot('QFI\xfb')).toBeUndefined();
  expect(await whyNot(Buffer.alloc(512))).toBeUndefined();
});

test('an archive of files is unpacked as one', async () => {
  const path = join(folder, 'base.txz');
  writeFileSync(path, Buffer.from('\xfd7zXZ\0', 'latin1'));
  expect(await wrongContent(path, { kernel: 'freebsd' })).toEqual({
    why: 'is packed (xz)',
    next: `run: tar -xf ${path}; and name the file in it`,
  });
});
