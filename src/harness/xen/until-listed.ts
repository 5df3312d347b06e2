/** Waiting for what `xl list` is to show: the toolstack announces nothing on a console. */
import { ExpectTimeoutError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/console.ts';
import type { Dom0 } from './dom0.ts';
import type { Domain } from './domain.ts';
import type { XenGuest } from './guest.ts';

const DEFAULT_TIMEOUT_MS = 30_000;

export interface Listing<T> {
  /** What is to become of the guest, in messages. */
  readonly what: string;
  /** What helps, most likely. */
  readonly next?: string | undefined;
  /** What was waited for, once the list has it. */
  readonly find: (domains: readonly Domain[]) => T | undefined;
}

/**
 * Asks dom0 until its list shows what is wanted. Each question takes dom0's own time, so this does not spin.
 * @throws ExpectTimeoutError with what the list shows instead; as Dom0.list does.
 */
export async function untilListed<T>(
  dom0: Dom0,
  { name, console }: Pick<XenGuest, 'name' | 'console'>,
  { what, next, find }: Listing<T>,
  { timeout = DEFAULT_TIMEOUT_MS, ...wait }: WaitOptions = {},
): Promise<T> {
  const until = performance.now() + timeout;
  for (;;) {
    const left = Math.max(1_000, until - performance.now());
    const domains = await dom0.list({ ...wait, timeout: left });
    const found = find(domains);
    if (found !== undefined) return found;
    if (performance.now() < until) continue;
    const rows = domains.map((one) => `${one.name} ${one.flags} ${one.memoryMiB} MiB ${one.vcpus} vcpus`);
    throw new ExpectTimeoutError(
      `guest "${name}" has not come to ${what}`,
      timeout,
      dom0.machine.explain(console.name, {
        doing: `waiting for ${what} in xl list`,
        console: console.name,
        lastLines: console.transcript.tail(12),
        probably: `xl list shows: ${rows.join(', ')}`,
        ...(next !== undefined && { next }),
      }),
    );
  }
}
