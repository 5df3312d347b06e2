/** Blank disks: empty qcow2 files that grow as the guest writes. */
import { z } from 'zod';
import { AbortError, HostError } from '../../errors.ts';
import { type QemuImg, qemuImg } from './qemu-img.ts';

const UNITS = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 } as const;
const MAX_BYTES = 16 * UNITS.T;

/** `20G`: how large the guest finds it, in mebi-, gibi- or tebibytes. */
export const DiskSize = z
  .string()
  .regex(/^[1-9]\d{0,5}[MGT]$/, 'expected a size such as "512M" or "20G"')
  .refine((size) => sizeBytes(size) <= MAX_BYTES, 'a disk has at most 16T');

/** @param size as `DiskSize` has checked it. */
export function sizeBytes(size: string): number {
  return Number(size.slice(0, -1)) * UNITS[size.slice(-1) as keyof typeof UNITS];
}

/**
 * Makes a blank disk; it takes 200 kB on the host until the guest writes to it.
 * @param run where the disk is to be; default: on this host
 * @throws HostSetupError when qemu-img is missing; HostError with its words when it fails; AbortError.
 */
export async function createBlankDisk(
  file: string,
  size: string,
  { signal, run = qemuImg }: { signal?: AbortSignal | undefined; run?: QemuImg } = {},
): Promise<void> {
  const words = await run(['create', '-q', '-f', 'qcow2', file, String(sizeBytes(size))], { signal });
  if (words === undefined) return;
  if (signal?.aborted) throw new AbortError('the run was cancelled while a disk was being made');
  throw new HostError('DOMES_DISK', `cannot make a disk of ${size}: ${words}`, {
    doing: `qemu-img create ${file}`,
    next: 'make room in the folder of temporary files, or set DOMES_RUN_DIR to one on another disk',
  });
}
