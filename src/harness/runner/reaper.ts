/**
 * The reaper: removes what runners left behind that nobody could clean up after, and ends a QEMU that outlived its
 * runner. Neither happens with a guard and pdeathsig in place; but a power cut takes the guard too, and QEMU loses
 * its pdeathsig when it was given file capabilities (prctl(2)).
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RUNNER_PREFIX, readOwner } from './owner.ts';
import { isAlive } from './process-identity.ts';

/** In QEMU's environment: the folder of its runner. By this the reaper knows it, whatever became of its PID. */
const MARK = 'DOMES_RUNNER';

/** A folder without an owner is being made at this very moment; after so long, its making was cut off. */
const MAKING_MS = 60_000;

/** The environment of a process that belongs to a runner's folder. */
export function markedEnvironment(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, [MARK]: folder };
}

/** Removes the folders whose runner is gone. Returns which those were. Never throws. */
export function reapAbandoned(root: string): string[] {
  const abandoned = runnerFolders(root).filter((folder) => {
    const owner = readOwner(folder);
    return owner ? !isAlive(owner) : ageMs(folder) > MAKING_MS;
  });
  const orphans = abandoned.length === 0 ? [] : markedProcesses(new Set(abandoned));
  for (const pid of orphans) kill(pid);
  for (const folder of abandoned) remove(folder);
  return abandoned;
}

function runnerFolders(root: string): string[] {
  return list(root)
    .filter((name) => name.startsWith(RUNNER_PREFIX))
    .map((name) => join(root, name));
}

function markedProcesses(folders: ReadonlySet<string>): number[] {
  const pids = list('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => folders.has(markOf(pid) ?? ''));
}

function markOf(pid: number): string | undefined {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return environment.find((entry) => entry.startsWith(`${MARK}=`))?.slice(MARK.length + 1);
  } catch {
    // Gone, or another user's.
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

/** What can't be removed (another reaper is at it, a mount in it) is left to the next. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {}
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
