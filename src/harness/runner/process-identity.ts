/**
 * Who a process is, beyond a PID that the kernel may give to somebody else: PID, its start time and the boot
 * of the host. A power cut, a reboot or a recycled PID all show as "not the same process".
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const ProcessIdentity = z.object({
  pid: z.number().int().positive(),
  /** Field 22 of /proc/PID/stat (proc(5)): clock ticks since boot. */
  startTicks: z.string(),
  bootId: z.string(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** The identity of a living process; `undefined` when there is none (or it is a zombie, which owns nothing). */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  if (!fields || fields.state === 'Z') return undefined;
  return { pid, startTicks: fields.startTicks, bootId: bootId() };
}

/** Is this very process still alive? */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now?.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function statFields(pid: number): { state: string; startTicks: string } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command name (field 2) is in parentheses and may hold anything, spaces and parentheses included.
  const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: rest[0] ?? '', startTicks: rest[19] ?? '' };
}
