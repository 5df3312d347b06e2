/** What the kernel says of a process in /proc/PID/stat (proc(5)). */
import { readFileSync } from 'node:fs';

export interface ProcessStat {
  /** `R`, `S`, …; `Z` for a zombie. */
  readonly state: string;
  /** CPU time so far, user and system, ms. */
  readonly cpuMs: number;
  /** The same of its children that have ended and been waited for, ms. */
  readonly endedChildrenCpuMs: number;
  /** Start time, in clock ticks since boot. */
  readonly startTicks: string;
}

/** Clock ticks are a hundredth of a second for user space, on every Linux (USER_HZ). */
const TICK_MS = 10;

/** `undefined` when there is no such process. */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What a line of /proc/PID/stat says, of this host or of another one. */
export function parseStat(stat: string): ProcessStat {
  // The command name (field 2) is in parentheses and may hold anything, spaces and parentheses included.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // The first of these is field 3, the state; utime, stime, cutime and cstime are fields 14 to 17, starttime is field 22.
  const ticks = fields.slice(11, 15).map(Number) as [number, number, number, number];
  const [user, system, childrenUser, childrenSystem] = ticks;
  return {
    state: fields[0] ?? '',
    cpuMs: (user + system) * TICK_MS,
    endedChildrenCpuMs: (childrenUser + childrenSystem) * TICK_MS,
    startTicks: fields[19] ?? '',
  };
}
