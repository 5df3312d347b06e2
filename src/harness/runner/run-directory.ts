/**
 * The run directory: one private folder (0700) per machine for its overlays and attach sockets. It names its
 * owner, so that the next run can tell a living machine from what a power cut or a SIGKILL left behind.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { HostError } from '../../errors.ts';
import { identify, isAlive, ProcessIdentity } from './process-identity.ts';

const Owner = z.object({ runner: ProcessIdentity, qemu: ProcessIdentity.optional() });
type Owner = z.infer<typeof Owner>;

/** All run directories of this user: `$DOMES_RUN_DIR`, or `domes-<uid>` in the system's temporary folder. */
export function runDirectoryRoot(): string {
  return process.env.DOMES_RUN_DIR ?? join(tmpdir(), `domes-${process.getuid?.() ?? 0}`);
}

export class RunDirectory implements Disposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes a fresh directory that belongs to this process.
   * @throws HostError when the root is not ours or can't be written.
   */
  static create(): RunDirectory {
    const root = runDirectoryRoot();
    try {
      mkdirSync(root, { recursive: true, mode: 0o700 });
      const { uid } = statSync(root);
      if (uid !== process.getuid?.())
        throw new HostError(
          'DOMES_RUN_DIRECTORY',
          `run directory ${root} belongs to user ${uid}, not to you`,
          {
            next: 'set DOMES_RUN_DIR to a folder of your own',
          },
        );
      const directory = new RunDirectory(mkdtempSync(join(root, 'machine-')));
      directory.#write({ runner: ownIdentity() });
      return directory;
    } catch (cause) {
      if (cause instanceof HostError) throw cause;
      throw new HostError(
        'DOMES_RUN_DIRECTORY',
        `cannot make a run directory in ${root}: ${(cause as Error).message}`,
        {
          next: 'set DOMES_RUN_DIR to a folder that you can write to',
        },
      );
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Notes which QEMU works here, for the reaper. */
  ownedBy(qemuPid: number): void {
    const qemu = identify(qemuPid);
    this.#write({ runner: ownIdentity(), ...(qemu && { qemu }) });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #write(owner: Owner): void {
    writeFileSync(this.file('owner.tmp'), JSON.stringify(owner), { mode: 0o600 });
    renameSync(this.file('owner.tmp'), this.file('owner.json'));
  }
}

/**
 * Removes the directories whose runner is gone, and kills a QEMU that outlived it (it can't on Linux with
 * pdeathsig, but belts need braces: a debugger may have held it). Returns what was reaped, for the record.
 */
export function reapAbandoned(root: string = runDirectoryRoot()): string[] {
  const reaped: string[] = [];
  for (const path of machineDirectories(root)) {
    const owner = readOwner(path);
    // A directory without an owner file is being made at this very moment, or was cut off while it was.
    if (owner ? isAlive(owner.runner) : ageMs(path) < 60_000) continue;
    if (owner?.qemu && isAlive(owner.qemu)) process.kill(owner.qemu.pid, 'SIGKILL');
    rmSync(path, { recursive: true, force: true });
    reaped.push(path);
  }
  return reaped;
}

function machineDirectories(root: string): string[] {
  try {
    return readdirSync(root)
      .filter((name) => name.startsWith('machine-'))
      .map((name) => join(root, name));
  } catch {
    return [];
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return Owner.parse(JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function ownIdentity(): ProcessIdentity {
  const own = identify(process.pid);
  if (!own) throw new HostError('DOMES_PROC', '/proc is not mounted: domes needs Linux');
  return own;
}
