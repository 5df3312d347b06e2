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
  /** For a direct boot: the kernel's arguments instead of the image's. */
  readonly append?: string;
}

export interface Launched extends AsyncDisposable {
  readonly machine: Machine;
  readonly image: Image;
}

/**
 * Launches a machine from an image. The image itself is only read; what the guest writes goes to an overlay that
 * ends with the machine.
 * @throws ImageError when the image is not built yet (the message has the command); ScenarioError for bad options;
 * QemuLaunchError and HostSetupError as QemuProcess.start does.
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
    const { boot, disks } = await bootOf(image, directory, options);
    machine = new Machine(
      checkedSpec({ name, ...image.spec.machine, ...options.machine, accelerator, boot, disks }),
      context,
    );
    await machine.start();
    directory.ownedBy(machine.pid);
    return { machine, image, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function bootOf(
  image: Image,
  directory: RunDirectory,
  { boot = image.spec.disk ? 'disk' : 'direct', append }: LaunchOptions,
): Promise<{ boot: Boot; disks: MachineSpec['disks'] }> {
  const { direct, disk } = image.spec;
  const file = (name: string) => image.files[name] as string;
  if (boot === 'direct') {
    if (!direct) throw new ScenarioError(`image "${image.name}" has no kernel for a direct boot`);
    const modules = direct.modules.map((module) => ({ ...module, file: file(module.file) }));
    return {
      boot: { from: 'kernel', kernel: file(direct.kernel), append: append ?? direct.append, modules },
      disks: [],
    };
  }
  if (!disk) throw new ScenarioError(`image "${image.name}" has no disk to boot from`);
  const overlay = directory.file('overlay.qcow2');
  await createOverlay({ file: file(disk.file), format: disk.format }, overlay);
  return { boot: { from: 'disk' }, disks: [{ file: overlay, format: 'qcow2' }] };
}

function checkedSpec(spec: unknown): MachineSpec {
  const checked = MachineSpec.safeParse(spec);
  if (checked.success) return checked.data;
  throw new ScenarioError(`the machine's description is not right:\n${z.prettifyError(checked.error)}`);
}
