/**
 * How long QEMU stood in the host's run queue: ready to emulate, but without a processor. On a busy host this is
 * what makes a boot late, and no budget should count it.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The run delay of the thread that waited most (the vCPU's, in practice), ms; 0 where the kernel keeps no count. */
export function runQueueWaitMs(pid: number): number {
  let longest = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      longest = Math.max(longest, runDelayMs(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')));
    }
  } catch {
    // The process or a thread of it has ended meanwhile.
  }
  return longest;
}

/** What a thread's schedstat says (Documentation/scheduler/sched-stats.rst of Linux): run time, run delay (both ns), time slices. */
export function runDelayMs(schedstat: string): number {
  return Number(schedstat.split(' ')[1]) / 1e6;
}
