/** How a QEMU process comes into the world: tied to its runner, and found again by the reaper. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
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
   * `one-cpu`: all its threads on one processor, where one that becomes ready does not interrupt the other (sched(7),
   * SCHED_BATCH). In a replay QEMU's thread of the vCPU wakes that of the devices after every piece of the recording, a
   * million times in a boot of Xen; on two processors each time costs an interrupt of the other one. Took half of a
   * replay's CPU (`npm run bench -- replay`).
   */
  readonly scheduling?: 'normal' | 'one-cpu';
}

/**
 * Starts QEMU in a session of its own: Ctrl-C at the terminal is for the runner, which then ends QEMU in order. The
 * environment tells the reaper whose QEMU this is.
 * @param sockets how many it inherits, from descriptor 3 on.
 * @param inherited descriptors of ours and sockets that it inherits behind them.
 * @throws HostSetupError without chrt(1) or taskset(1); HostError when the host has no room for a process; ScenarioError in a worker thread.
 */
export function spawnQemu(
  argv: readonly string[],
  sockets: number,
  inherited: readonly (number | Stream)[] = [],
  { cwd, scheduling = 'normal' }: SpawnOptions = {},
): ChildProcess {
  const env = markedEnvironment(runnerFolder());
  const command = scheduling === 'one-cpu' ? onOneCpu(argv) : argv;
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

let turn = process.pid;

/** Replays side by side take the processors that we may use in turn. */
function onOneCpu(argv: readonly string[]): string[] {
  const cpus = allowedCpus(readFileSync('/proc/self/status', 'utf8'));
  const cpu = cpus[turn++ % cpus.length] ?? 0;
  const pinned = [requireProgram('taskset'), '--cpu-list', String(cpu), ...argv];
  return [requireProgram('chrt'), '--batch', '0', ...pinned];
}

/** @param status /proc/PID/status, whose list is like `0-3,8` (proc(5)). */
export function allowedCpus(status: string): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function refusedByHost(why: string): HostError {
  return new HostError('DOMES_SPAWN', `cannot start QEMU: ${why}`, {
    next: 'check the limits of processes, open files and arguments: ulimit -a',
  });
}
