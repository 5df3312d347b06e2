/** Runs a recipe's build.sh in a scratch folder of its own. */
import { spawn } from 'node:child_process';
import { copyFile, link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { AbortError, type EvidenceLine, ImageError } from '../../errors.ts';
import { requireProgram, requirePrograms } from '../host/programs.ts';
import { boundToParent } from '../runner/parent-death.ts';
import { diskFullError, isDiskFull, requireSpace } from './disk-space.ts';
import type { ImageHome } from './image-home.ts';
import type { LockedPackage } from './lock-file.ts';
import { packageFile, packageFileName } from './packages.ts';
import type { Progress } from './progress.ts';
import type { Recipe } from './recipe.ts';

/** The only time that a recipe's outputs may hold: 2023-06-10 00:00 UTC, the day Debian 12 came out. */
const SOURCE_DATE_EPOCH = 1_686_355_200;

/** Unpacked packages and the outputs of a recipe take about this many times the packages' own size. */
const UNPACKED_FACTOR = 5;

/** Lines of output kept for the error of a recipe that fails. */
const KEPT_LINES = 12;

/**
 * Builds a recipe's outputs.
 * @param scratch an empty folder on the cache's file system.
 * @returns the folder with the outputs.
 * @throws HostSetupError without the recipe's tools; ImageError when build.sh fails or the disk is full.
 */
export async function buildRecipe(
  home: ImageHome,
  { recipe, packages, scratch }: { recipe: Recipe; packages: readonly LockedPackage[]; scratch: string },
  { progress, signal }: { progress: Progress; signal?: AbortSignal | undefined },
): Promise<string> {
  requirePrograms(['bash', ...recipe.tools]);
  const bytes = packages.reduce((sum, { size }) => sum + size, 0) * UNPACKED_FACTOR;
  await requireSpace(scratch, bytes, `building ${recipe.shownAs}`);
  const folders = {
    DEBS: join(scratch, 'packages'),
    OUT: join(scratch, 'out'),
    TMPDIR: join(scratch, 'tmp'),
  };
  const work = join(scratch, 'work');
  for (const folder of [...Object.values(folders), work]) await mkdir(folder, { recursive: true });
  for (const entry of packages)
    await place(packageFile(home, entry), join(folders.DEBS, packageFileName(entry)));

  const env = {
    ...folders,
    PATH: `${home.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`,
    HOME: work,
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH),
  };
  const { exit, lastLines } = await runScript(join(recipe.folder, 'build.sh'), {
    cwd: work,
    env,
    progress,
    signal,
  });
  if (signal?.aborted) throw new AbortError(`the run was cancelled while ${recipe.shownAs} was being built`);
  if (exit === 'status 0') return folders.OUT;
  if (lastLines.some(({ text }) => isDiskFull(text))) throw await diskFullError(scratch, recipe.shownAs);
  throw new ImageError(`recipe ${recipe.shownAs} failed: build.sh ended with ${exit}`, {
    lastLines,
    next: `mend ${join(recipe.shownAs, 'build.sh')}, then run: npx domes images build`,
  });
}

/** A hard link costs nothing; where the file system has none, a copy. */
async function place(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}

async function runScript(
  script: string,
  {
    cwd,
    env,
    progress,
    signal,
  }: { cwd: string; env: NodeJS.ProcessEnv; progress: Progress; signal: AbortSignal | undefined },
): Promise<{ exit: string; lastLines: EvidenceLine[] }> {
  const startedAt = performance.now();
  const [file, ...args] = boundToParent([requireProgram('bash'), script]);
  // A process group of its own, so that all that the script started can be ended with it.
  const child = spawn(file as string, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stop = () => endGroup(child.pid);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();

  const lastLines: EvidenceLine[] = [];
  const follow = (stream: Readable, each: (line: string) => void) =>
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      lastLines.push({ atMs: performance.now() - startedAt, text: line });
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      each(line);
    });
  follow(child.stdout, (line) => progress.report({ doing: line }));
  follow(child.stderr, () => {});

  const exit = await new Promise<string>((resolve) => {
    child.once('close', (code, killer) => resolve(killer ? `signal ${killer}` : `status ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  signal?.removeEventListener('abort', stop);
  return { exit, lastLines };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
