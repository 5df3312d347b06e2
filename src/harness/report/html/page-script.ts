/**
 * The page's script: page/ bundled into one, because a page from disk can't load modules. Kept in the cache from run to
 * run: the bundler takes more time and memory than everything else that a report does.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { cacheDirectory } from '../../host/cache-directory.ts';
import { writeWholeFile } from '../whole-file.ts';

const PAGE = join(import.meta.dirname, 'page');

const Kept = z.object({
  /** File that is in it, relative to page/ → SHA-256 of its bytes. */
  files: z.record(z.string(), z.string()),
  script: z.string(),
});

/** Each copy of domes has its own. @param env for the place of the cache. */
export async function pageScript(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const place = join(cacheDirectory(env), 'report-page', `${sha256(PAGE).slice(0, 16)}.json`);
  const kept = keptAt(place);
  if (kept !== undefined) return kept;
  const { script, files } = await bundle();
  try {
    const digests = files.map((file) => [relative(PAGE, file), sha256(readFileSync(file))] as const);
    writeWholeFile(place, JSON.stringify({ files: Object.fromEntries(digests), script }));
  } catch {
    // A cache that can't be written costs the time of bundling, not the report.
  }
  return script;
}

/** What is kept, if it was made from what is in the files now. */
function keptAt(place: string): string | undefined {
  try {
    const { files, script } = Kept.parse(JSON.parse(readFileSync(place, 'utf8')));
    const same = ([file, digest]: [string, string]) => sha256(readFileSync(join(PAGE, file))) === digest;
    return Object.entries(files).every(same) ? script : undefined;
  } catch {
    return undefined;
  }
}

/** Takes some 200 ms of CPU. */
async function bundle(): Promise<{ readonly script: string; readonly files: readonly string[] }> {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({ input: join(PAGE, 'main.ts'), platform: 'browser', logLevel: 'silent' });
  const { output } = await build.generate({ format: 'iife', minify: true });
  const files = await build.watchFiles;
  await build.close();
  return { script: output[0].code, files: files.filter((file) => !file.includes('\0')) };
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
