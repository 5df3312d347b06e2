/** CPU of the processes that this one has started and that have ended: QEMU's whole life, its end included. */
import { processStat } from '../../src/harness/runner/process-stat.ts';

/** What `work` has cost in child processes that ended within it, user and system, ms. */
export async function childrenCpuMs(work: () => Promise<void>): Promise<number> {
  const spent = () => processStat(process.pid)?.endedChildrenCpuMs ?? 0;
  const before = spent();
  await work();
  return spent() - before;
}
