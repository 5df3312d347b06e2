import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageError } from '../../errors.ts';
import { type CacheEntry, commitEntry, entryFolder, lookUpEntry, verifyEntry } from './cache-entry.ts';
import { ScratchHome } from './fixtures/scratch-home.ts';

const key = 'ab'.repeat(32);
let home: ScratchHome;
let folder: string;
beforeEach(() => {
  home = new ScratchHome();
  folder = entryFolder(home, 'slim', key);
});
afterEach(() => home[Symbol.dispose]());

async function commit(files: Record<string, string>, named = Object.keys(files)): Promise<CacheEntry> {
  const made = join(home.cacheDir, 'made');
  mkdirSync(made, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  return commitEntry(home, made, { name: 'slim', key, files: named });
}

/** Writes to a read-only file, as a careless program run by root would. */
function overwrite(file: string, text: string): void {
  chmodSync(join(folder, file), 0o644);
  writeFileSync(join(folder, file), text);
}

describe('an entry', () => {
  it('appears with all its files, read-only, and is found again', async () => {
    expect(await lookUpEntry(folder)).toEqual({ is: 'absent' });
    const entry = await commit({ 'disk.raw': 'disk', xen: 'xen' });
    expect(await lookUpEntry(folder)).toEqual({ is: 'sound', entry });
    expect(readFileSync(join(folder, 'disk.raw'), 'utf8')).toBe('disk');
    expect(statSync(join(folder, 'xen')).mode & 0o777).toBe(0o444);
    expect(await verifyEntry(folder, entry)).toEqual([]);
    expect(entry.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has a digest of its bytes and names, and of nothing else', async () => {
    const one = await commit({ a: '1', b: '2' });
    const other = new ScratchHome();
    try {
      const made = join(other.cacheDir, 'elsewhere');
      mkdirSync(made, { recursive: true });
      writeFileSync(join(made, 'b'), '2');
      writeFileSync(join(made, 'a'), '1');
      utimesSync(join(made, 'a'), 1, 1);
      const two = await commitEntry(other, made, { name: 'other', key: 'cd', files: ['b', 'a'] });
      expect(two.digest).toBe(one.digest);
    } finally {
      other[Symbol.dispose]();
    }
  });

  it('does not appear when a file is missing', async () => {
    await expect(commit({ a: '1' }, ['a', 'vmlinuz'])).rejects.toThrow(ImageError);
    expect(home.cached('images')).toEqual([]);
  });

  it('leaves no temporary file beside its own', async () => {
    await commit({ a: '1' });
    expect(readdirSync(folder).sort()).toEqual(['a', 'entry.json']);
  });
});

describe('damage is seen', () => {
  it('by the size or the time of a file', async () => {
    await commit({ a: '1', b: '2' });
    overwrite('a', 'longer');
    expect(await lookUpEntry(folder)).toEqual({ is: 'damaged', why: 'the size of a changed' });
    overwrite('a', '9');
    utimesSync(join(folder, 'a'), 7, 7);
    expect(await lookUpEntry(folder)).toEqual({ is: 'damaged', why: 'a was written to' });
  });

  it('by a missing file, or a note that is not ours', async () => {
    await commit({ a: '1', b: '2' });
    writeFileSync(join(folder, 'entry.json'), '{}');
    expect(await lookUpEntry(folder)).toEqual({ is: 'damaged', why: 'entry.json is not what domes wrote' });
    writeFileSync(join(folder, 'entry.json'), '{');
    expect(await lookUpEntry(folder)).toMatchObject({ is: 'damaged' });
  });

  it('by every byte, where size and time are as before', async () => {
    const entry = await commit({ a: '1', b: '2' });
    const { atime, mtime } = statSync(join(folder, 'a'));
    overwrite('a', '9');
    utimesSync(join(folder, 'a'), atime, mtime);
    expect(await verifyEntry(folder, entry)).toEqual([
      expect.stringMatching(/^a has SHA-256 [0-9a-f]{64}, recorded is /),
    ]);
  });
});
