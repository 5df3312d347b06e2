/**
 * The guard: a shell of this worker that sleeps in `read` on the leash. When main dies it reads end-of-file and
 * kills the worker; when the worker dies the kernel kills the guard. It needs nothing of the worker's event loop.
 */
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { boundToParent } from './parent-death.ts';

let guarded: string | undefined;

/** Ties the life of this process to the holder of the leash. Idempotent. */
export function guardByLeash(leashPath: string): void {
  if (guarded === leashPath) return;
  guarded = leashPath;
  const stdin = openLeashForReading(leashPath);
  if (stdin === undefined) process.exit(1);
  const [file, ...args] = boundToParent(['/bin/sh', '-c', `read -r _; kill -KILL ${process.pid}`]);
  const guard = spawn(file as string, args, { stdio: [stdin, 'ignore', 'ignore'], detached: true });
  guard.unref();
  closeSync(stdin);
}

/**
 * Opens the reading end, blocking in `read` but not in `open`: with an end for writing of our own held for a
 * moment, `open` returns at once even when main is already dead, and the guard then reads end-of-file.
 */
function openLeashForReading(path: string): number | undefined {
  try {
    const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      return openSync(path, constants.O_RDONLY);
    } finally {
      closeSync(both);
    }
  } catch {
    // The FIFO is gone: main ended, in order or not.
    return undefined;
  }
}
