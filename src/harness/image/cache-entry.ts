/**
 * A finished image in the cache: a folder with its files, read-only, and entry.json that says what they are. It
 * appears by one rename, so it is there in full or not at all.
 */
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ImageError } from '../../errors.ts';
import { writeAtomically } from '../host/atomic-file.ts';
import { imageDigest, sha256OfFile } from './digest.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';

const ENTRY_FILE = 'entry.json';

const CacheEntry = z.object({
  name: z.string(),
  /** SHA-256 of everything that determines the files. */
  key: z.string(),
  /** SHA-256 of the files themselves. */
  digest: z.string(),
  builtAt: z.string(),
  files: z.record(z.string(), z.object({ sha256: z.string(), size: z.number(), mtimeMs: z.number() })),
});
export type CacheEntry = z.output<typeof CacheEntry>;

export type EntryState =
  | { readonly is: 'sound'; readonly entry: CacheEntry }
  | { readonly is: 'damaged'; readonly why: string }
  | { readonly is: 'absent' };

export function entryFolder(home: ImageHome, name: string, key: string): string {
  return join(cacheFolder.images(home), `${name}-${key.slice(0, 16)}`);
}

/** Looks an entry up. Files are compared by size and time only; see verifyEntry. */
export async function lookUpEntry(folder: string): Promise<EntryState> {
  const text = await readFile(join(folder, ENTRY_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return { is: 'absent' };
  const parsed = CacheEntry.safeParse(parseOrUndefined(text));
  if (!parsed.success) return { is: 'damaged', why: `${ENTRY_FILE} is not what domes wrote` };
  const entry = parsed.data;
  for (const [file, recorded] of Object.entries(entry.files)) {
    const found = await stat(join(folder, file)).catch(() => undefined);
    if (!found) return { is: 'damaged', why: `${file} is missing` };
    if (found.size !== recorded.size) return { is: 'damaged', why: `the size of ${file} changed` };
    if (found.mtimeMs !== recorded.mtimeMs) return { is: 'damaged', why: `${file} was written to` };
  }
  return { is: 'sound', entry };
}

/**
 * Reads every byte.
 * @returns what is wrong, one sentence each; empty when all is as recorded.
 */
export async function verifyEntry(
  folder: string,
  entry: CacheEntry,
  options: { signal?: AbortSignal | undefined; onBytes?: (count: number) => void } = {},
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [file, { sha256 }] of Object.entries(entry.files)) {
    const found = await sha256OfFile(join(folder, file), options).catch(
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    options.signal?.throwIfAborted();
    if (found !== sha256) wrong.push(`${file} has SHA-256 ${found}, recorded is ${sha256}`);
  }
  return wrong;
}

/**
 * Makes an entry of finished files: digests, read-only, on the platter, one rename. The caller holds the image's lock.
 * @param made folder with the files, on the cache's file system; gone afterwards.
 * @throws ImageError when a file is missing.
 */
export async function commitEntry(
  home: ImageHome,
  made: string,
  { name, key, files }: { name: string; key: string; files: readonly string[] },
): Promise<CacheEntry> {
  const recorded: CacheEntry['files'] = {};
  for (const file of files) {
    const path = join(made, file);
    const info = await stat(path).catch(() => undefined);
    if (!info?.isFile()) throw new ImageError(`image ${name}: its recipe did not make ${file}`);
    await chmod(path, 0o444);
    await syncToDisk(path);
    recorded[file] = { sha256: await sha256OfFile(path), size: info.size, mtimeMs: info.mtimeMs };
  }
  const entry: CacheEntry = {
    name,
    key,
    digest: imageDigest(recorded),
    builtAt: new Date().toISOString(),
    files: recorded,
  };
  await writeAtomically(join(made, ENTRY_FILE), `${JSON.stringify(entry, undefined, 2)}\n`);
  await mkdir(cacheFolder.images(home), { recursive: true });
  await rename(made, entryFolder(home, name, key));
  return entry;
}

/**
 * Takes an entry away: out of sight by one rename, then piece by piece.
 * @param aside a path that does not exist yet, on the same file system.
 */
export async function removeEntry(folder: string, aside: string): Promise<void> {
  await rename(folder, aside);
  await rm(aside, { recursive: true, force: true });
}

/** Full paths of an entry's files. */
export function entryFiles(folder: string, entry: CacheEntry): Record<string, string> {
  return Object.fromEntries(Object.keys(entry.files).map((file) => [file, join(folder, file)]));
}

async function syncToDisk(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
