/** From an image's name to a running machine: image → overlay → spec → QEMU. */

import { usableAccelerator } from '../host/accelerator.ts';
import { withFilesOfCd } from '../image/cd-files.ts';
import { findImage, type Image } from '../image/find-image.ts';
import { createBlankDisk } from '../qemu/blank-disk.ts';
import { createOverlay } from '../qemu/overlay.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import { RunDirectory } from '../runner/run-directory.ts';
import { describedMachine, type LaunchOptions, servedBy } from './described.ts';
import { Machine, type MachineContext } from './machine.ts';

export type { LaunchOptions } from './described.ts';

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
  const found = await findImage(name);
  const accelerator = await usableAccelerator();
  const directory = RunDirectory.create();
  let machine: Machine | undefined;
  const release = async () => {
    await machine?.[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  };
  try {
    const image = await withFilesOfCd(found, directory.path);
    const spec = describedMachine(image, accelerator, directory.file('overlay.qcow2'), {
      ...options,
      determinism: options.determinism ?? (context.isRecording ? 'recorded' : 'live'),
    });
    await makeDisks(spec, image, options, context.signal);
    const served = servedBy(image, options);
    machine = new Machine(spec, { ...context, runFolder: directory.path, image, served });
    context.replay?.watch(machine);
    await machine.start(context.replay && { prepare: context.replay.prepare });
    return { machine, image, [Symbol.asyncDispose]: release };
  } catch (error) {
    // What goes wrong in cleaning up must not hide why there was something to clean up.
    await release().catch(() => {});
    throw error;
  }
}

/** The image's overlay, where the machine boots from its disk, and then the blank disks. */
async function makeDisks(
  { boot, disks }: MachineSpec,
  image: Image,
  options: LaunchOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const blank = options.disks ?? [];
  const backing = boot.from === 'disk' ? image.spec.disk : undefined;
  const [first] = disks;
  if (backing && first) {
    const file = image.files[backing.file] as string;
    await createOverlay({ file, format: backing.format }, first.file, { signal });
  }
  for (const [index, disk] of disks.slice(disks.length - blank.length).entries())
    await createBlankDisk(disk.file, blank[index]?.blank as string, { signal });
}
