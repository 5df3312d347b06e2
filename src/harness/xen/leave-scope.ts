/** What becomes of a guest when its scope is left. */
import type { Dom0 } from './dom0.ts';
import type { XenGuest } from './guest.ts';
import { removeSaved } from './saved-guest.ts';

/**
 * Destroys a guest, or what it was saved to. Never throws: what went wrong is for the run record.
 * @param savedIn the file in dom0 that it was saved to, if it was
 */
export async function leaveScope(dom0: Dom0, guest: XenGuest, savedIn: string | undefined): Promise<void> {
  const { emulation, diagnosis, cleanupTrouble } = dom0.machine;
  // Of a machine that has ended, or in which a failure has ended all waits, nothing can be asked.
  if (emulation.exit || diagnosis.raised) return;
  try {
    if (savedIn !== undefined) await removeSaved(dom0, savedIn);
    else if ((await guest.state()) !== 'gone') await guest.destroy();
  } catch (error) {
    cleanupTrouble.push(`guest "${guest.name}": ${(error as Error).message.split('\n')[0]}`);
  }
}
