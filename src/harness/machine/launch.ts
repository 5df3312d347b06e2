/** From an image's name to a running machine: image → host → overlay → spec → QEMU. */

import { withFilesOfCd } from '../image/cd-files.ts';
import { mediumOf, withDiskImages } from '../image/disk-images.ts';
import { findImage, type Image } from '../image/find-image.ts';
import { withFilesInside } from '../image/initramfs-files.ts';
import { createBlankDisk } from '../qemu/blank-disk.ts';
import { fileOn, type MachineHost } from '../qemu/machine-host.ts';
import { type BackingFile, createOverlay } from '../qemu/overlay.ts';
import { growToCard } from '../qemu/sd-card.ts';
import type { Boot, Disk, MachineSpec } from '../qemu/spec.ts';
import { RunDirectory } from '../runner/run-directory.ts';
import { describedMachine, diskImages, fileImages, type LaunchOptions, servedBy } from './described.ts';
import { openHost } from './host.ts';
import { Machine, type MachineContext } from './machine.ts';

export type { LaunchOptions } from './described.ts';

/** Disposing it ends the machine and removes what it had on disk; idempotent, rejects when that can't be removed. */
export interface Launched extends AsyncDisposable {
  readonly machine: Machine;
  readonly image: Image;
}

/**
 * Launches a machine from an image, on this host or on one of DOMES_HOST. The image itself is only read; what the
 * guest writes goes to an overlay that ends with the machine.
 * @throws ImageError when the image is not built yet (the message has the command); ScenarioError for bad options;
 * AbortError when the context's signal comes first; QemuLaunchError and HostSetupError as QemuProcess.start does;
 * HostError as openHost does.
 */
export async function launchMachine(
  name: string,
  context: MachineContext,
  options: LaunchOptions = {},
): Promise<Launched> {
  const found = await withDiskImages(await findImage(name), {
    disks: diskImages(options),
    files: fileImages(options),
  });
  const directory = RunDirectory.create();
  let host: MachineHost | undefined;
  let machine: Machine | undefined;
  const release = async () => {
    await machine?.[Symbol.asyncDispose]();
    try {
      await host?.[Symbol.asyncDispose]();
    } finally {
      directory[Symbol.dispose]();
    }
  };
  try {
    const whole = await withFilesOfCd(found, directory.path);
    const image = await withFilesInside(whole, options.files, directory.path);
    const recordedBy = options.determinism === undefined ? context.recordedBy : undefined;
    const determinism = options.determinism ?? (recordedBy === undefined ? 'live' : 'recorded');
    host = await openHost(directory.path, context);
    const accelerator = await host.accelerator();
    const described = describedMachine(image, accelerator, fileOn(host, 'overlay.qcow2'), {
      ...options,
      determinism,
    });
    await makeDisks(host, described, image, options, context.signal);
    const spec = await brought(host, described, context.signal);
    const served = servedBy(image, options);
    machine = new Machine(spec, { ...context, host, runFolder: directory.path, image, served, recordedBy });
    context.replay?.watch(machine);
    await machine.start(context.replay && { prepare: context.replay.prepare });
    return { machine, image, [Symbol.asyncDispose]: release };
  } catch (error) {
    // What goes wrong in cleaning up must not hide why there was something to clean up.
    await release().catch(() => {});
    throw error;
  }
}

/** The image's overlay, where the machine boots from its disk, and then what it has beside. */
async function makeDisks(
  host: MachineHost,
  { boot, disks, diskBus }: MachineSpec,
  image: Image,
  options: LaunchOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const place = { signal, run: host.qemuImg };
  const own = boot.from === 'disk' ? [{ image: image.name }] : [];
  for (const [index, what] of [...own, ...(options.disks ?? [])].entries()) {
    const { file } = disks[index] as Disk;
    if ('blank' in what) await createBlankDisk(file, what.blank, place);
    else {
      const pristine = diskOf(image, what.image);
      const backing = { ...pristine, file: await host.bring(pristine.file, { signal }) };
      await createOverlay(backing, file, place);
    }
    if (diskBus === 'sd') await growToCard(file, place);
  }
}

/** The pristine disk of the machine's image, or of one beside it. */
function diskOf(image: Image, name: string): BackingFile {
  const wanted = [image, ...(image.beside ?? [])].find((one) => one.name === name) as Image;
  return mediumOf(wanted) as BackingFile;
}

/** The same machine, with the pristine files that it reads where they are on its host. */
async function brought(
  host: MachineHost,
  spec: MachineSpec,
  signal: AbortSignal | undefined,
): Promise<MachineSpec> {
  const { cdrom } = spec;
  return {
    ...spec,
    boot: await broughtBoot(host, spec.boot, signal),
    ...(cdrom !== undefined && { cdrom: await host.bring(cdrom, { signal }) }),
  };
}

async function broughtBoot(host: MachineHost, boot: Boot, signal: AbortSignal | undefined): Promise<Boot> {
  if (boot.from !== 'kernel') return boot;
  const kernel = await host.bring(boot.kernel, { signal });
  const modules: typeof boot.modules = [];
  for (const { file, append } of boot.modules)
    modules.push({ file: await host.bring(file, { signal }), append });
  return { ...boot, kernel, modules };
}
