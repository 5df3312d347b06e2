/**
 * Which accelerator machines use on this host. Decided by a trial, not by the presence of /dev/kvm: on some hosts
 * the device opens, creates a VM, even runs a boot loader, and ordinary kernels stand still in it.
 */
import { accessSync, constants, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';
import { type Accelerator, tryAccelerator } from './accelerator-probe.ts';
import { writeAtomically } from './atomic-file.ts';
import { cacheDirectory } from './cache-directory.ts';
import { requireProgram } from './programs.ts';
import { QEMU, qemuVersion } from './qemu-version.ts';

export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  /** Why this one, for people: `kvm: a test boot stood still at an interrupt in long mode`. */
  readonly why: string;
}

const Remembered = z.object({
  qemu: z.string(),
  bootId: z.string(),
  accelerator: z.enum(['tcg', 'kvm']),
  why: z.string(),
});

/**
 * `$DOMES_ACCELERATOR` where set, else KVM where a test boot gets through in it, else TCG. The trial is
 * remembered until this host boots again or QEMU changes (or `fresh`).
 * @param qemu path of the program to try; default: the one on the PATH.
 * @throws HostSetupError without QEMU; ScenarioError when DOMES_ACCELERATOR names something else.
 */
export async function chooseAccelerator({
  env = process.env,
  fresh = false,
  qemu,
}: {
  env?: NodeJS.ProcessEnv;
  fresh?: boolean;
  qemu?: string;
} = {}): Promise<AcceleratorChoice> {
  const wanted = env.DOMES_ACCELERATOR;
  if (wanted === 'tcg' || wanted === 'kvm')
    return { accelerator: wanted, why: `DOMES_ACCELERATOR=${wanted}` };
  if (wanted) throw new ScenarioError(`DOMES_ACCELERATOR is "${wanted}": expected tcg or kvm`);

  const obstacle = kvmObstacle();
  if (obstacle) return { accelerator: 'tcg', why: `kvm: ${obstacle}` };

  const program = qemu ?? requireProgram(QEMU);
  const key = { qemu: await qemuVersion(program), bootId: bootId() };
  const file = join(cacheDirectory(env), 'host', 'accelerator.json');
  const known = fresh ? undefined : await recall(file);
  if (known?.qemu === key.qemu && known.bootId === key.bootId)
    return { accelerator: known.accelerator, why: known.why };

  const { works, why } = await tryAccelerator('kvm', program);
  const choice: AcceleratorChoice = { accelerator: works ? 'kvm' : 'tcg', why: `kvm: ${why}` };
  // A cache that can't be written costs the next run a second, no more.
  await writeAtomically(file, JSON.stringify({ ...key, ...choice })).catch(() => {});
  return choice;
}

/** The accelerator of chooseAccelerator, for those who need no reason. */
export async function usableAccelerator(): Promise<Accelerator> {
  return (await chooseAccelerator()).accelerator;
}

/** Why KVM need not even be tried, or undefined. */
function kvmObstacle(): string | undefined {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES'
      ? 'no permission for /dev/kvm (are you in the group "kvm"?)'
      : 'this host has no /dev/kvm';
  }
}

async function recall(file: string): Promise<z.infer<typeof Remembered> | undefined> {
  try {
    return Remembered.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
