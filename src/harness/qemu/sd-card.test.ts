import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AbortError } from '../../errors.ts';
import { backingChain } from './backing-chain.ts';
import { createBlankDisk } from './blank-disk.ts';
import { cardBytes, growToCard } from './sd-card.ts';

test("a card's size is a power of two, and never less than was asked for", () => {
  expect(cardBytes(2 ** 30)).toBe(2 ** 30);
  expect(cardBytes(2 ** 30 + 512)).toBe(2 ** 31);
  expect(cardBytes(20 * 2 ** 30)).toBe(32 * 2 ** 30);
});

test('a disk grows to the card that it fits on, and is not touched when it is one', async () => {
  const file = await diskOf43M();
  const sizes = [];
  for (let time = 0; time < 2; time++) {
    await growToCard(file);
    sizes.push((await backingChain({ file, format: 'qcow2' })).sizeBytes);
  }
  expect(sizes).toEqual([64 * 2 ** 20, 64 * 2 ** 20]);
});

test('one that is cancelled is no fault of the host', async () => {
  const file = await diskOf43M();
  await expect(growToCard(file, { signal: AbortSignal.abort() })).rejects.toThrow(AbortError);
});

async function diskOf43M(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'domes-card-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'disk.qcow2');
  await createBlankDisk(file, '43M');
  return file;
}
