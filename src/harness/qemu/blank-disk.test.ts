import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HostError } from '../../errors.ts';
import { backingChain } from './backing-chain.ts';
import { createBlankDisk, DiskSize, sizeBytes } from './blank-disk.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-blank-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a blank disk is as large as was said for the guest, and next to nothing for the host', async () => {
  const file = join(folder, 'blank.qcow2');
  await createBlankDisk(file, '20G');
  expect(await backingChain({ file, format: 'qcow2' })).toEqual({ sizeBytes: 20 * 2 ** 30, layers: [] });
  expect(statSync(file).size).toBeLessThan(1 << 20);
});

test.each([
  ['512M', 512 * 2 ** 20],
  ['16T', 16 * 2 ** 40],
])('%s', (size, bytes) => {
  expect(sizeBytes(DiskSize.parse(size))).toBe(bytes);
});

test.each(['20', '0G', '-1G', '20GB', '1.5G', '17T', '20G -o preallocation=full'])(
  'not a size: %s',
  (size) => {
    expect(DiskSize.safeParse(size).success).toBe(false);
  },
);

test('a folder that is not there: the words of qemu-img', async () => {
  const refused = await createBlankDisk(join(folder, 'no/disk.qcow2'), '20G').catch(
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(HostError);
  expect((refused as HostError).message).toContain('cannot make a disk of 20G: ');
  expect((refused as HostError).message).toContain('No such file or directory');
});
