/**
 * The folder of one run: `reports/runs/<id>`. The reporter makes one for each run of Vitest (a watch re-run is a
 * run) and provides it to the workers as `domesRun`; QEMU's console logs and `run.json` go there.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, HostError } from '../../errors.ts';

export interface RunFolder {
  /** Sorts by time: `2025-11-22T10-55-12Z-3f9a`. */
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** `noLeash`: why there is no leash, for the scenarios; other tests can do without. */
    domesRun: RunFolder & { readonly leash?: string; readonly noLeash?: Failure };
  }
}

/** Everything that runs write is below this folder of the project; git and Vitest's watcher ignore it. */
export const REPORTS = 'reports';

/**
 * Makes the folder of a new run below the project root.
 * @throws HostError when it cannot be made.
 */
export function createRunFolder(root: string): RunFolder {
  const id = newRunId();
  const folder = join(root, runFolderOf(id));
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new HostError(
      'DOMES_REPORTS',
      `cannot make the run's folder ${folder}: ${(cause as Error).message}`,
      { next: `make ${join(root, REPORTS)} writable` },
      { cause },
    );
  }
  return { id, folder };
}

/** `reports/runs/<id>`, relative to the project root, with slashes. */
export function runFolderOf(id: string): string {
  return `${REPORTS}/runs/${id}`;
}

/**
 * Where the logs of one test belong, relative to the run's folder: `xen-pv/boots-a-guest`. Tries after the
 * first have a folder of their own, so that no log is overwritten.
 */
export function testFolderOf(file: string, testName: string, { attempt = 0 } = {}): string {
  const scenario = file.replace(/\.(nightly\.)?test\.[cm]?[jt]sx?$/, '').replace(/^scenarios\//, '');
  const name = `${kebab(testName)}${attempt > 0 ? `-retry-${attempt}` : ''}`;
  return `${scenario.split('/').map(kebab).join('/')}/${name}`;
}

/**
 * Removes all but the newest `keep` run folders (by their ids; what has another name is not ours and stays). Runs that
 * booted something are counted apart: unit tests in watch mode must not push out the logs of the last boot. A
 * folder without `run.json` may belong to a run that is still going on elsewhere: it is kept for a day. The
 * history is elsewhere.
 */
export function pruneRunFolders(root: string, keep: number): void {
  const runs = join(root, REPORTS, 'runs');
  const ids = readdirSync(runs)
    .filter((name) => RUN_ID.test(name))
    .sort();
  const booted = ids.filter((id) => hasLogs(join(runs, id)));
  const others = ids.filter((id) => !booted.includes(id));
  const old = [booted, others].flatMap((all) => all.slice(0, Math.max(0, all.length - keep)));
  for (const id of old)
    if (existsSync(join(runs, id, 'run.json')) || ageMsOf(id) > 24 * 60 * 60_000)
      rmSync(join(runs, id), { recursive: true, force: true });
}

/** Logs are in folders named after scenarios. */
function hasLogs(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isDirectory());
}

/** Removes a run's folder in which nothing was ever written (`vitest list`). */
export function removeEmptyRunFolder({ folder }: RunFolder): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty: it is a real run. Or gone already.
  }
}

const RUN_ID = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{4}$/;

function newRunId(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/:/g, '-');
  return `${time}Z-${randomBytes(2).toString('hex')}`;
}

function ageMsOf(id: string): number {
  const [day = '', time = ''] = id.slice(0, 19).split('T');
  return Date.now() - Date.parse(`${day}T${time.replace(/-/g, ':')}Z`);
}

/** A name as one path segment: short, without anything that a shell or a file system would mind. */
function kebab(name: string): string {
  const words = name.normalize('NFKD').match(/[A-Za-z0-9]+/g) ?? [];
  return words.join('-').toLowerCase().slice(0, 60) || 'unnamed';
}
