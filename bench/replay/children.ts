/** CPU of the processes that this one has started and that have ended: QEMU's whole life, its end included. */
import { readFileSync } from 'node:fs';

/** Clock ticks are a hundredth of a second for user space, on every Linux (USER_HZ). */
const TICK_MS = 10;

/** What `work` has cost in child processes that ended within it, user and system, ms. */
export async function childrenCpuMs(work: () => Promise<void>): Promise<number> {
  const before = endedChildrenCpuMs();
  await work();
  return endedChildrenCpuMs() - before;
}

/** cutime and cstime of proc(5), fields 16 and 17: children that have been waited for. */
function endedChildrenCpuMs(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The command name (field 2) is in parentheses and may hold anything; the first field behind it is field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}
