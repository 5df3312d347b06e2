/**
 * The leash: how a worker notices that Vitest's main process is gone, even when its own event loop is blocked.
 *
 * Main holds a FIFO open for writing; the kernel closes it when main dies, however it dies. The guard of each worker
 * that launches machines reads from it (guard.ts), then ends the worker, and QEMU follows its worker by pdeathsig.
 * Measured without it: after SIGKILL of main, a forks worker and its QEMU were alive two seconds later.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { HostError } from '../../errors.ts';
import { requireProgram } from '../host/programs.ts';
import { runnerFolder } from './runner-folder.ts';

export interface Leash extends Disposable {
  /** Path of the FIFO; guards open it for reading. It goes with the folder of this process. */
  readonly path: string;
}

/**
 * Starts the leash in this process; it holds until it is disposed or this process ends.
 * @throws HostError when it can't be made; HostSetupError without mkfifo.
 */
export function startLeash(): Leash {
  const path = join(runnerFolder(), 'leash');
  const { status, stderr } = spawnSync(requireProgram('mkfifo'), ['-m', '600', path], { encoding: 'utf8' });
  if (status !== 0) throw new HostError('DOMES_LEASH', `cannot make the leash: ${stderr.trim()}`);
  // O_RDWR: opening a FIFO for writing alone would wait for a reader (fifo(7)). Node opens with O_CLOEXEC, so no
  // child inherits the writing end.
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  let held = true;
  return {
    path,
    [Symbol.dispose]() {
      if (held) closeSync(fd);
      held = false;
    },
  };
}
