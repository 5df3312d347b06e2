/** What is under a disk: its backing files, down to the pristine image. */
import { execa } from 'execa';
import { z } from 'zod';
import { HostError } from '../../errors.ts';
import { requireProgram } from '../host/programs.ts';
import type { Disk, DiskLayer } from './spec.ts';

/** `qemu-img info --output=json`: one object, or with `--backing-chain` a list of them. */
const Info = z.object({
  filename: z.string(),
  format: z.enum(['qcow2', 'raw']),
  'virtual-size': z.number().int(),
});

export interface BackingChain {
  /** As the guest sees it. */
  readonly sizeBytes: number;
  /** The nearest first. */
  readonly layers: readonly DiskLayer[];
}

/**
 * @throws HostError with the words of qemu-img when a file of the chain is missing, or is of another kind.
 */
export async function backingChain({ file, backing }: Disk): Promise<BackingChain> {
  if (backing) {
    const { 'virtual-size': sizeBytes } = Info.parse(JSON.parse(await info([file])));
    return { sizeBytes, layers: backing };
  }
  const infos = z.array(Info).parse(JSON.parse(await info(['--backing-chain', file])));
  const [top, ...below] = infos as [z.infer<typeof Info>, ...z.infer<typeof Info>[]];
  return {
    sizeBytes: top['virtual-size'],
    layers: below.map(({ filename, format }) => ({ file: filename, format })),
  };
}

async function info(args: readonly string[]): Promise<string> {
  const result = await execa(requireProgram('qemu-img'), ['info', '--output=json', '-U', ...args], {
    reject: false,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  });
  if (!result.failed) return result.stdout;
  const words = result.stderr.trim().replace(/^qemu-img: /, '') || result.shortMessage;
  throw new HostError('DOMES_DISK', `cannot read disk ${args.at(-1)}: ${words}`);
}
