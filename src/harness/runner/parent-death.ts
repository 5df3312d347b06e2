/**
 * Commands that die with the process that starts them, by the kernel's hand: PR_SET_PDEATHSIG, set by
 * util-linux's setpriv(1). Costs 1.6 ms more than the bare command (median of 60).
 */
import { isMainThread } from 'node:worker_threads';
import { ScenarioError } from '../../errors.ts';
import { requireProgram } from '../host/programs.ts';

// A parent that died between fork and prctl sends no signal; the child sees it by its new parent PID.
const CHECK_PARENT = `test "$PPID" = "$0" || { echo 'the runner ended meanwhile' >&2; exit 125; }; exec "$@"`;

/**
 * Wraps a command so that it is killed when this process ends, SIGKILL included.
 * @throws ScenarioError in a worker thread; HostSetupError without setpriv.
 */
export function boundToParent(command: readonly string[]): string[] {
  refuseThreads();
  return [
    ...[requireProgram('setpriv'), '--pdeathsig', 'KILL', '--'],
    ...['/bin/sh', '-c', CHECK_PARENT, String(process.pid)],
    ...command,
  ];
}

/**
 * The signal is bound to the parent *thread* (prctl(2)), and a thread has no signals and no end of its own that a
 * guard could see.
 * @throws ScenarioError in a worker thread: Vitest's pools `threads` and `vmThreads`.
 */
export function refuseThreads(): void {
  if (isMainThread) return;
  throw new ScenarioError('machines can be launched in processes only, and this test runs in a thread', {
    probably:
      'Vitest was told to use another pool than "forks": QEMU could outlive a thread, or end in its middle',
    next: 'leave out --pool, or set pool: "forks" in vitest.config.ts',
  });
}
