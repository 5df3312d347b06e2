/** Files that are there in full or not at all. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

let writes = 0;

/** Writes a file beside its place and renames it there; its folder is made if need be. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const half = `${path}.${process.pid}-${++writes}.tmp`;
  try {
    await using file = await open(half, 'w');
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
  await rename(half, path);
}
