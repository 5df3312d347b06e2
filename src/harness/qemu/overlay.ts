/** Overlays: throw-away qcow2 files on top of a pristine image, which is only ever read. */
import { execa } from 'execa';
import { HostError, HostSetupError } from '../../errors.ts';

export interface BackingFile {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
}

/**
 * Makes an overlay; its size is that of the backing file.
 * @throws HostSetupError when qemu-img is missing; HostError with its words when it fails (no space, say).
 */
export async function createOverlay(backing: BackingFile, overlay: string): Promise<void> {
  const result = await execa(
    'qemu-img',
    ['create', '-q', '-f', 'qcow2', '-b', backing.file, '-F', backing.format, overlay],
    {
      reject: false,
      stdin: 'ignore',
    },
  );
  if (!result.failed) return;
  if (result.code === 'ENOENT')
    throw new HostSetupError('qemu-img is not installed on this host', {
      doing: 'making an overlay',
      next: 'run: npx domes doctor (it names the packages to install)',
    });
  throw new HostError('DOMES_OVERLAY', `cannot make an overlay on ${backing.file}: ${result.stderr.trim()}`, {
    doing: `qemu-img create ${overlay}`,
    next: 'check the free disk space of the temporary folder, or set DOMES_RUN_DIR to another one',
  });
}
