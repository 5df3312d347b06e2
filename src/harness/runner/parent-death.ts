/**
 * Commands that die with the process that starts them, by the kernel's hand: PR_SET_PDEATHSIG, set by
 * util-linux's setpriv(1). The signal is bound to the parent *thread*: spawn from the main thread only (with
 * Vitest's `forks` pool that is always so).
 */

// A parent that died between fork and prctl sends no signal; the child sees it by its new parent PID.
const CHECK_PARENT = 'test "$PPID" = "$0" || exit 125; exec "$@"';

/** Wraps a command so that it is killed when this process ends, SIGKILL included. */
export function boundToParent(command: readonly string[]): string[] {
  return [
    'setpriv',
    '--pdeathsig',
    'KILL',
    '--',
    '/bin/sh',
    '-c',
    CHECK_PARENT,
    String(process.pid),
    ...command,
  ];
}
