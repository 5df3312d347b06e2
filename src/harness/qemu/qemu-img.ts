/** qemu-img(1), which makes the disks that a machine writes to. */
import { execa } from 'execa';
import { requireProgram } from '../host/programs.ts';

/**
 * Runs qemu-img; answers its words when it fails, or when the signal has ended it.
 * @throws HostSetupError when it is missing.
 */
export type QemuImg = (
  args: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<string | undefined>;

/** On this host. */
export const qemuImg: QemuImg = async (args, { signal }) => {
  const result = await execa(requireProgram('qemu-img'), args, {
    reject: false,
    stdin: 'ignore',
    // Its messages are matched.
    env: { LC_ALL: 'C' },
    ...(signal && { cancelSignal: signal }),
  });
  return result.failed ? complaint(result.stderr) || result.shortMessage : undefined;
};

/** What it says on its standard error, in one line and without its name. */
export function complaint(stderr: string): string {
  return stderr
    .trim()
    .replace(/^qemu-img: /, '')
    .replace(/\n/g, '; ');
}
