/** What a machine's web server serves, put into the machine's own folder. */
import { mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { AbortError, HostError } from '../../errors.ts';
import { requireProgram } from '../host/programs.ts';

/** A part of what is served: it appears as `http://…/NAME/`. */
export interface Served {
  readonly name: string;
  /** Unpacked, so that each machine has its own and may change it; or used where it is. */
  readonly from: { readonly tar: string } | { readonly folder: string };
}

/**
 * Lays out the served tree in `folder`, which need not exist.
 * @throws HostSetupError without tar; HostError with tar's own words when it fails; AbortError.
 */
export async function layOut(
  folder: string,
  served: readonly Served[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, from } of served) {
    const place = join(folder, name);
    if ('folder' in from) await symlink(resolve(from.folder), place);
    else await unpack(from.tar, place, signal);
  }
}

async function unpack(tar: string, folder: string, signal: AbortSignal | undefined): Promise<void> {
  await mkdir(folder);
  const result = await execa(requireProgram('tar'), ['-xf', tar, '--no-same-owner', '-C', folder], {
    reject: false,
    stdin: 'ignore',
    ...(signal && { cancelSignal: signal }),
  });
  if (!result.failed) return;
  if (result.isCanceled) throw new AbortError(`the run was cancelled while ${tar} was being unpacked`);
  const words = result.stderr.trim().replaceAll('\n', '; ') || `${result.shortMessage}`;
  throw new HostError('DOMES_SERVE', `cannot unpack ${tar}: ${words}`, {
    next: /No space left|Disk quota/.test(words)
      ? 'make room in the folder of temporary files, or set DOMES_RUN_DIR to one on another disk'
      : 'look at the image: npx domes images verify',
  });
}
