/**
 * Files that are written piece by piece and are there whole or not at all. (No `using` in what vitest.config.ts loads:
 * Node 20 gets it as it is.)
 */
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Characters that are held before they are written. */
const HELD = 1 << 18;

/**
 * Writes a file under a temporary name beside its place, then renames it. When `fill` throws, nothing is left of it.
 * @returns what `fill` does. @throws as `fill` does, and the file system's own error.
 */
export function writeStreamed<T>(path: string, fill: (write: (text: string) => void) => T): T {
  mkdirSync(dirname(path), { recursive: true });
  const half = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  const fd = openSync(half, 'w', 0o644);
  let held: string[] = [];
  let length = 0;
  const flush = () => {
    const bytes = Buffer.from(held.join(''));
    held = [];
    length = 0;
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  };
  try {
    const result = fill((text) => {
      held.push(text);
      length += text.length;
      if (length >= HELD) flush();
    });
    flush();
    renameSync(half, path);
    return result;
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}
