/** The run directory: a private folder of one machine, for its overlays and attach sockets. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HostError } from '../../errors.ts';
import { runnerFolder } from './runner-folder.ts';

let made = 0;

export class RunDirectory implements Disposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes a fresh directory in the folder of this process, with which it goes at the latest.
   * @throws HostError when that can't be written or is not ours.
   */
  static create(): RunDirectory {
    const path = join(runnerFolder(), `machine-${++made}`);
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (cause) {
      throw new HostError(
        'DOMES_RUN_DIRECTORY',
        `cannot make the run directory ${path}: ${(cause as Error).message}`,
        { next: 'set DOMES_RUN_DIR to a folder that you can write to, on a disk with some space' },
        { cause },
      );
    }
    return new RunDirectory(path);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Removes it with all that is in it. Idempotent. */
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
