/**
 * Who a process is, beyond a PID that the kernel may give to somebody else: PID, its start time, the boot of the
 * host and the PID namespace. A power cut, a reboot or a recycled PID all show as "not the same process".
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { z } from 'zod';
import { processStat } from './process-stat.ts';

export const ProcessIdentity = z.object({
  pid: z.number().int().positive(),
  /** Field 22 of /proc/PID/stat (proc(5)): clock ticks since boot. */
  startTicks: z.string(),
  bootId: z.string(),
  /** As /proc/self/ns/pid names it; containers that share a folder have one each. */
  pidNamespace: z.string(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** The identity of a living process; `undefined` when there is none (or it is a zombie, which owns nothing). */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = processStat(pid);
  if (!stat || stat.state === 'Z') return undefined;
  return { pid, startTicks: stat.startTicks, bootId: bootId(), pidNamespace: pidNamespace() };
}

/**
 * Is this very process still alive? True as well for a process of another container on this host, which can't be
 * seen from here.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.bootId !== bootId()) return false;
  if (identity.pidNamespace !== pidNamespace()) return true;
  return identify(identity.pid)?.startTicks === identity.startTicks;
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}
