/** Overlays: throw-away qcow2 files on top of a pristine image, which is only ever read. */
import { AbortError, HostError } from '../../errors.ts';
import { type QemuImg, qemuImg } from './qemu-img.ts';

export interface BackingFile {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
}

export interface OverlayOptions {
  readonly signal?: AbortSignal | undefined;
  /** With it the backing file is not looked at, and need not be where the overlay says. */
  readonly sizeBytes?: number;
  /** Where the files are. Default: on this host. */
  readonly run?: QemuImg;
}

/**
 * Makes an overlay; its size is that of the backing file.
 * @throws HostSetupError when qemu-img is missing; HostError with its words when it fails (no space, say);
 * AbortError when the signal comes first.
 */
export async function createOverlay(
  backing: BackingFile,
  overlay: string,
  { signal, sizeBytes, run = qemuImg }: OverlayOptions = {},
): Promise<void> {
  const isKnown = sizeBytes !== undefined;
  const args = [
    ...['create', '-q', '-f', 'qcow2', ...(isKnown ? ['-u'] : [])],
    ...['-b', backing.file, '-F', backing.format, overlay, ...(isKnown ? [String(sizeBytes)] : [])],
  ];
  const words = await run(args, { signal });
  if (words === undefined) return;
  if (signal?.aborted) throw new AbortError('the run was cancelled while an overlay was being made');
  throw new HostError('DOMES_OVERLAY', `cannot make an overlay on ${backing.file}: ${words}`, {
    doing: `qemu-img create ${overlay}`,
    next: adviceOn(words),
  });
}

function adviceOn(words: string): string {
  if (/No space left|Disk quota/.test(words))
    return 'make room in the folder of temporary files, or set DOMES_RUN_DIR to one on another disk';
  if (/Could not open backing|Image is not in/.test(words))
    return 'look at the image: npx domes images list; if it is damaged, build it anew';
  return 'check that DOMES_RUN_DIR, or the folder of temporary files, can be written to';
}
