/** From an image's name to a running machine: image → overlay → spec → QEMU. */

import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';
import { usableAccelerator } from '../host/accelerator.ts';
import { findImage, type Image } from '../image/find-image.ts';
import { createOverlay } from '../qemu/overlay.ts';
import { type Boot, MachineSpec } from '../qemu/spec.ts';
import { RunDirectory } from '../runner/run-directory.ts';
import { Machine, type MachineContext } from './machine.ts';

/** What a scenario may say about the machine; the rest comes from the image's entry in the manifest. */
export interface LaunchOptions {
  /** `disk`: firmware and boot loader (default where the image has a disk). `direct`: QEMU loads the kernel. */
  readonly boot?: 'disk' | 'direct';
  /** Parts of the machine that differ from the image's defaults: `{ cpu: 'max', memoryMiB: 512 }`. */
  readonly machine?: Partial<
    Pick<MachineSpec, 'name' | 'type' | 'cpu' | 'cpus' | 'memoryMiB' | 'onReboot' | 'network'>
  >;
  /** For a direct boot: arguments to add, by the file that they are for: `{ xen: 'noreboot', vmlinuz: 'debug' }`. */
  readonly append?: Readonly<Record<string, string>>;
}

/** Disposing it ends the machine and removes what it had on disk; idempotent, rejects when that can't be removed. */
export interface Launched extends AsyncDisposable {
  readonly machine: Machine;
  readonly image: Image;
}

/**
 * Launches a machine from an image. The image itself is only read; what the guest writes goes to an overlay that
 * ends with the machine.
 * @throws ImageError when the image is not built yet (the message has the command); ScenarioError for bad options;
 * AbortError when the context's signal comes first; QemuLaunchError and HostSetupError as QemuProcess.start does.
 */
export async function launchMachine(
  name: string,
  context: MachineContext,
  options: LaunchOptions = {},
): Promise<Launched> {
  const image = await findImage(name);
  const accelerator = await usableAccelerator();
  const directory = RunDirectory.create();
  let machine: Machine | undefined;
  const release = async () => {
    await machine?.[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  };
  try {
    const { boot, disks } = await bootOf(image, directory, options, context.signal);
    machine = new Machine(
      checkedSpec({ name, ...image.spec.machine, ...options.machine, accelerator, boot, disks }),
      { ...context, attachFolder: directory.path },
    );
    await machine.start();
    return { machine, image, [Symbol.asyncDispose]: release };
  } catch (error) {
    // What goes wrong in cleaning up must not hide why there was something to clean up.
    await release().catch(() => {});
    throw error;
  }
}

async function bootOf(
  image: Image,
  directory: RunDirectory,
  { boot = image.spec.disk ? 'disk' : 'direct', append = {} }: LaunchOptions,
  signal: AbortSignal | undefined,
): Promise<{ boot: Boot; disks: MachineSpec['disks'] }> {
  const { direct, disk } = image.spec;
  const file = (name: string) => image.files[name] as string;
  if (boot === 'direct') {
    if (!direct) throw new ScenarioError(`image "${image.name}" has no kernel for a direct boot`);
    const known = [direct.kernel, ...direct.modules.map((module) => module.file)];
    const unknown = Object.keys(append).find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new ScenarioError(`image "${image.name}" boots no file "${unknown}" (append)`, {
        next: `its files are: ${known.join(', ')}`,
      });
    const loaded = (part: { file: string; append: string }) => ({
      file: file(part.file),
      append: [part.append, append[part.file]].filter(Boolean).join(' '),
    });
    const kernel = loaded({ file: direct.kernel, append: direct.append });
    return {
      boot: {
        from: 'kernel',
        kernel: kernel.file,
        append: kernel.append,
        modules: direct.modules.map(loaded),
      },
      disks: [],
    };
  }
  if (!disk) throw new ScenarioError(`image "${image.name}" has no disk to boot from`);
  const overlay = directory.file('overlay.qcow2');
  await createOverlay({ file: file(disk.file), format: disk.format }, overlay, { signal });
  return { boot: { from: 'disk' }, disks: [{ file: overlay, format: 'qcow2' }] };
}

function checkedSpec(spec: unknown): MachineSpec {
  const checked = MachineSpec.safeParse(spec);
  if (checked.success) return checked.data;
  throw new ScenarioError(`the machine's description is not right:\n${z.prettifyError(checked.error)}`);
}
