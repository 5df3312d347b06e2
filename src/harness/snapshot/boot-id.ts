/** Which boot of the host this is: what was written before it and never synced may have been lost with the power. */
import { readFileSync } from 'node:fs';

let known: string | undefined;

/** random(4): a number that the kernel draws at each boot. */
export function bootId(): string {
  known ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return known;
}
