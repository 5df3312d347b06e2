/** How a QEMU process comes into the world: tied to its runner, and found again by the reaper. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Stream } from 'node:stream';
import { HostError } from '../../errors.ts';
import { requireProgram } from '../host/programs.ts';
import { boundToParent } from '../runner/parent-death.ts';
import { markedEnvironment } from '../runner/reaper.ts';
import { runnerFolder } from '../runner/runner-folder.ts';

export interface SpawnOptions {
  /** Its working directory; default: this process's own. */
  readonly cwd?: string;
  /**
   * `batch`: threads that become ready don't interrupt each other (sched(7), SCHED_BATCH). In a replay QEMU's thread of
   * the vCPU wakes that of the devices after every piece of the recording, a million times in a boot of Xen; so they
   * change places seldom, which took a third less CPU here (`npm run bench -- replay`).
   */
  readonly scheduling?: 'normal' | 'batch';
}

/**
 * Starts QEMU in a session of its own: Ctrl-C at the terminal is for the runner, which then ends QEMU in order. The
 * environment tells the reaper whose QEMU this is.
 * @param sockets how many it inherits, from descriptor 3 on.
 * @param inherited descriptors of ours and sockets that it inherits behind them.
 * @throws HostSetupError without chrt(1); HostError when the host has no room for a process; ScenarioError in a worker thread.
 */
export function spawnQemu(
  argv: readonly string[],
  sockets: number,
  inherited: readonly (number | Stream)[] = [],
  { cwd, scheduling = 'normal' }: SpawnOptions = {},
): ChildProcess {
  const env = markedEnvironment(runnerFolder());
  const command = scheduling === 'batch' ? [requireProgram('chrt'), '--batch', '0', ...argv] : argv;
  const [file, ...args] = boundToParent(command);
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
