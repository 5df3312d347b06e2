/**
 * The guard: a shell in a session of its own that outlives the runner it guards and cleans up behind it. It sleeps
 * in `read` and needs nothing of the runner's event loop, so that a blocked one makes no difference.
 */
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import { HostError } from '../../errors.ts';

/** What a worker may take to close its logs when main is gone, s: with the kill still well under a second. */
const GRACE_S = 0.4;

/**
 * Standard input is one end of a socket pair whose other end only the runner has, descriptor 3 the leash (leash.ts)
 * where there is one. Nobody ever writes to either: `read` returns when the other side is gone, however it went.
 */
const SCRIPT = `
exec 4<&0
if test "$3" = leashed; then
  {
    read -r _ <&3
    kill -TERM "$1"
    timeout ${GRACE_S} cat <&4 >/dev/null || kill -KILL "$1"
  } &
fi
read -r _
test "$3" = leashed && kill "$!"
exec rm -rf -- "$2"
`;

/**
 * Guards this process: when it ends, `folder` is removed; when the holder of the leash ends, this process is ended,
 * at first in order and at last by force.
 * @throws HostError when the shell can't be started.
 */
export function startGuard({ folder, leash }: { folder: string; leash?: string | undefined }): void {
  const leashFd = leash === undefined ? undefined : openLeash(leash);
  const args = ['-c', SCRIPT, 'domes-guard', String(process.pid), folder, leashFd ? 'leashed' : 'free'];
  const guard = spawn('/bin/sh', args, {
    stdio: ['pipe', 'ignore', 'ignore', leashFd ?? 'ignore'],
    // Ctrl-C at the terminal is for the runner; and no folder of a user's is kept busy.
    detached: true,
    cwd: '/',
  });
  if (leashFd !== undefined) closeSync(leashFd);
  guard.once('error', () => {});
  if (guard.pid === undefined)
    throw new HostError('DOMES_GUARD', 'cannot start /bin/sh, which cleans up when the runner is killed', {
      next: 'check the limits of processes and open files: ulimit -u, ulimit -n',
    });
  const tether = guard.stdin as Socket;
  tether.on('error', () => {});
  tether.unref();
  guard.unref();
}

/**
 * Opens the leash for reading: blocking in `read`, but not in `open`. With an end for writing of our own held for a
 * moment, `open` returns at once even when main is already dead, and the guard then reads end-of-file.
 */
function openLeash(path: string): number {
  let both: number;
  try {
    both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (cause) {
    // The FIFO is gone, and so is main: there is nobody left to tell.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') process.kill(process.pid, 'SIGKILL');
    throw new HostError('DOMES_GUARD', `cannot open the leash ${path}: ${(cause as Error).message}`);
  }
  try {
    return openSync(path, constants.O_RDONLY);
  } finally {
    closeSync(both);
  }
}
