/** An SD card's size: a card of QEMU has to be of a power of two (hw/sd/sd.c, sd_realize). */
import { AbortError, HostError } from '../../errors.ts';
import { backingChain } from './backing-chain.ts';
import type { OverlayOptions } from './overlay.ts';
import { qemuImg } from './qemu-img.ts';

/**
 * Lets a qcow2 file grow to the next size that a card may have; what is new reads as zeros, and takes no room.
 * @throws HostError with the words of qemu-img when it can't; HostSetupError when it is missing; AbortError.
 */
export async function growToCard(
  file: string,
  { signal, run = qemuImg }: Omit<OverlayOptions, 'sizeBytes'> = {},
): Promise<void> {
  const { sizeBytes } = await backingChain({ file, format: 'qcow2' });
  const card = cardBytes(sizeBytes);
  if (card === sizeBytes) return;
  const words = await run(['resize', '-q', '-f', 'qcow2', file, String(card)], { signal });
  if (words === undefined) return;
  if (signal?.aborted) throw new AbortError('the run was cancelled while an SD card was being made');
  throw new HostError('DOMES_OVERLAY', `cannot make an SD card of ${file}: ${words}`);
}

/** The size of the smallest card that has room for so many bytes. */
export function cardBytes(sizeBytes: number): number {
  return 2 ** Math.ceil(Math.log2(sizeBytes));
}
