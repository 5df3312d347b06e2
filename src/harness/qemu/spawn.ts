/** How a QEMU process comes into the world: tied to its runner, and found again by the reaper. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Stream } from 'node:stream';
import { HostError } from '../../errors.ts';
import { boundToParent } from '../runner/parent-death.ts';
import { markedEnvironment } from '../runner/reaper.ts';
import { runnerFolder } from '../runner/runner-folder.ts';

/**
 * Starts QEMU in a session of its own: Ctrl-C at the terminal is for the runner, which then ends QEMU in order. The
 * environment tells the reaper whose QEMU this is.
 * @param sockets how many it inherits, from descriptor 3 on.
 * @param inherited descriptors of ours and sockets that it inherits behind them.
 * @throws HostError when the host has no room for a process; ScenarioError in a worker thread.
 */
export function spawnQemu(
  argv: readonly string[],
  sockets: number,
  inherited: readonly (number | Stream)[] = [],
  { cwd }: { readonly cwd?: string } = {},
): ChildProcess {
  const env = markedEnvironment(runnerFolder());
  const [file, ...args] = boundToParent(argv);
  const stdio = [
    'ignore' as const,
    'ignore' as const,
    'pipe' as const,
    ...Array<'pipe'>(sockets).fill('pipe'),
    ...inherited,
  ];
  let child: ChildProcess;
  try {
    child = spawn(file as string, args, { stdio, env, detached: true, ...(cwd && { cwd }) });
  } catch (cause) {
    throw refusedByHost((cause as Error).message);
  }
  if (child.pid !== undefined) return child;
  child.once('error', () => {});
  throw refusedByHost('no process or file descriptor is left');
}

function refusedByHost(why: string): HostError {
  return new HostError('DOMES_SPAWN', `cannot start QEMU: ${why}`, {
    next: 'check the limits of processes, open files and arguments: ulimit -a',
  });
}
