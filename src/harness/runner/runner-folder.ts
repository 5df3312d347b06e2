/**
 * The folder of a runner: one private folder (0700) for everything that a process keeps on disk while it runs
 * machines. It says whose it is, and a guard removes it when that process has ended, however it ended. What even the
 * guard could not remove (a power cut) goes when another runner starts (reaper.ts).
 */
import { lstatSync, mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DomesError, HostError } from '../../errors.ts';
import { startGuard } from './guard.ts';
import { RUNNER_PREFIX, writeOwner } from './owner.ts';
import { refuseThreads } from './parent-death.ts';
import { reapAbandoned } from './reaper.ts';

interface Own {
  readonly folder: string;
  readonly leash: string | undefined;
}
let own: Own | undefined;

/** The folders of all runners of this user: `$DOMES_RUN_DIR`, or `domes-<uid>` in the system's temporary folder. */
export function runDirectoryRoot(env: NodeJS.ProcessEnv = process.env): string {
  return env.DOMES_RUN_DIR ? resolve(env.DOMES_RUN_DIR) : join(tmpdir(), `domes-${process.getuid?.()}`);
}

/**
 * The folder of this process, made and guarded on first use. With a leash, this process ends when its holder does.
 * @throws HostError when it can't be made or is not safe; ScenarioError in a worker thread.
 */
export function runnerFolder({ leash }: { leash?: string } = {}): string {
  refuseThreads();
  if (own && (leash === undefined || leash === own.leash)) return own.folder;
  const folder = own?.folder ?? makeFolder(runDirectoryRoot());
  startGuard({ folder, leash });
  own = { folder, leash };
  return folder;
}

function makeFolder(root: string): string {
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    requireOwn(root);
    reapAbandoned(root);
    const folder = mkdtempSync(join(root, RUNNER_PREFIX));
    writeOwner(folder);
    return folder;
  } catch (cause) {
    if (cause instanceof DomesError) throw cause;
    throw new HostError(
      'DOMES_RUN_DIRECTORY',
      `cannot make a run directory in ${root}: ${(cause as Error).message}`,
      { next: 'set DOMES_RUN_DIR to a folder that you can write to, on a disk with some space' },
      { cause },
    );
  }
}

/** Somebody else's folder, or a link of theirs, could make us work on files that are not what we think. */
function requireOwn(root: string): void {
  const { uid } = process.env.DOMES_RUN_DIR ? statSync(root) : lstatSync(root);
  if (uid === process.getuid?.()) return;
  throw new HostError('DOMES_RUN_DIRECTORY', `run directory ${root} belongs to user ${uid}, not to you`, {
    next: 'set DOMES_RUN_DIR to a folder of your own',
  });
}
