/** zstd(1): compresses faster than most disks write. Its frames have a checksum. */
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { AbortError, HostError } from '../../errors.ts';
import { requireProgram } from './programs.ts';

/** @throws HostSetupError without zstd; HostError with its words; AbortError. */
export function compressFile(from: string, to: string, signal?: AbortSignal): Promise<void> {
  return zstd(['-1', from], to, signal);
}

/** Leaves out what would be holes. @throws as compressFile does. */
export function decompressFile(from: string, to: string, signal?: AbortSignal): Promise<void> {
  return zstd(['-d', '--sparse', from], to, signal);
}

async function zstd(args: readonly string[], to: string, signal?: AbortSignal): Promise<void> {
  const result = await execa(requireProgram('zstd'), ['-q', '-f', ...args, '-o', to], {
    reject: false,
    stdin: 'ignore',
    ...(signal && { cancelSignal: signal }),
  });
  if (!result.failed) return;
  await rm(to, { force: true });
  if (result.isCanceled) throw new AbortError('the run was cancelled while a file was being compressed');
  throw new HostError('DOMES_ZSTD', `zstd failed: ${result.stderr.trim() || result.shortMessage}`, {
    doing: `zstd ${args.join(' ')}`,
  });
}
