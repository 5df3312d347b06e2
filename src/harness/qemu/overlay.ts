/** Overlays: throw-away qcow2 files on top of a pristine image, which is only ever read. */
import { execa } from 'execa';
import { AbortError, HostError } from '../../errors.ts';
import { requireProgram } from '../host/programs.ts';

export interface BackingFile {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
}

/**
 * Makes an overlay; its size is that of the backing file.
 * @param sizeBytes with it the backing file is not looked at, and need not be where the overlay says
 * @throws HostSetupError when qemu-img is missing; HostError with its words when it fails (no space, say);
 * AbortError when the signal comes first.
 */
export async function createOverlay(
  backing: BackingFile,
  overlay: string,
  { signal, sizeBytes }: { signal?: AbortSignal | undefined; sizeBytes?: number } = {},
): Promise<void> {
  const program = requireProgram('qemu-img');
  const isKnown = sizeBytes !== undefined;
  const args = [
    ...['create', '-q', '-f', 'qcow2', ...(isKnown ? ['-u'] : [])],
    ...['-b', backing.file, '-F', backing.format, overlay, ...(isKnown ? [String(sizeBytes)] : [])],
  ];
  const result = await execa(program, args, {
    reject: false,
    stdin: 'ignore',
    // Its messages are matched below.
    env: { LC_ALL: 'C' },
    ...(signal && { cancelSignal: signal }),
  });
  if (!result.failed) return;
  if (result.isCanceled) throw new AbortError('the run was cancelled while an overlay was being made');
  const words =
    result.stderr
      .trim()
      .replace(/^qemu-img: /, '')
      .replace(/\n/g, '; ') || `${result.shortMessage}`;
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
