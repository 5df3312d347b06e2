/**
 * The leash: how a worker notices that Vitest's main process is gone, even when its own event loop is blocked.
 *
 * Main holds a FIFO open for writing; the kernel closes it when main dies, however it dies. Each worker that
 * starts a machine gives the reading end to a small guard (guard.ts), which then kills the worker, and QEMU
 * follows its worker by pdeathsig. Measured without it: after SIGKILL of main, a forks worker and its QEMU
 * were alive two seconds later.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Leash extends Disposable {
  /** Path of the FIFO; workers open it for reading. */
  readonly path: string;
}

/** Starts the leash in this process; it holds until it is disposed or this process ends. */
export function startLeash(): Leash {
  const folder = mkdtempSync(join(tmpdir(), 'domes-leash-'));
  const path = join(folder, 'main');
  execFileSync('mkfifo', ['-m', '600', path]);
  // O_RDWR: opening a FIFO for writing alone would wait for a reader (fifo(7)). Node opens with O_CLOEXEC, so
  // no worker inherits the writing end.
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  let held = true;
  return {
    path,
    [Symbol.dispose]() {
      if (!held) return;
      held = false;
      closeSync(fd);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
