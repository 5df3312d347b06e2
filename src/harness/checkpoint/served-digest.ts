/** What a scenario serves to its guest, as a digest: a guest that was given other files is in another state. */
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ScenarioError } from '../../errors.ts';
import { sha256OfFile, sha256OfText } from '../image/digest.ts';

/**
 * SHA-256 over the names and bytes of all files in a folder.
 * @throws ScenarioError when it can't be read.
 */
export async function folderDigest(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new ScenarioError(
        `serve: ${folder} can't be read: ${cause.code ?? cause.message}`,
        {},
        { cause },
      );
    },
  );
  const lines: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    lines.push(`${await sha256OfFile(path)}  ${relative(folder, path)}\n`);
  }
  return sha256OfText(lines.sort().join(''));
}
