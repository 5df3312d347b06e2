/** A declared chain and what its states depend on right now: the key of each checkpoint. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { ScenarioError } from '../../errors.ts';
import { usableAccelerator } from '../host/accelerator.ts';
import { qemuVersion } from '../host/qemu-version.ts';
import { besides, withDiskImages } from '../image/disk-images.ts';
import { findImage } from '../image/find-image.ts';
import type { Image } from '../image/image.ts';
import { describedMachine, diskImages, type LaunchOptions } from '../machine/described.ts';
import { type Checkpoint, chainOf } from './checkpoint.ts';
import type { PlannedNote } from './journey.ts';
import { FORMAT, type KeyParts, keyOf } from './key.ts';
import { normalMachine } from './normal-machine.ts';
import { folderDigest } from './served-digest.ts';
import { stepFingerprint } from './source/fingerprint.ts';

/** What a chain starts with. */
export interface Root {
  readonly image: string;
  readonly launch: LaunchOptions;
}

export interface Planned {
  readonly checkpoint: Checkpoint;
  readonly note: PlannedNote;
}

export interface Plan {
  /** What the chain starts from. */
  readonly image: Image;
  /** Root first. */
  readonly steps: readonly Planned[];
}

export function rootOf(wanted: Checkpoint): Root {
  const { start } = wanted;
  return 'from' in start ? rootOf(start.from) : { image: start.image, launch: start.launch ?? {} };
}

/** The image of a chain's root, with those whose disks its machine has. @throws ImageError, ScenarioError. */
export async function rootImage({ image, launch }: Root): Promise<Image> {
  if (launch.files)
    throw new ScenarioError(
      'a checkpoint knows its machine by its image and its disks: it can have no files',
    );
  return withDiskImages(await findImage(image), { disks: diskImages(launch) });
}

/**
 * The chain to a checkpoint with its keys.
 * @param root folder of the project; files are named relative to it.
 * @throws ImageError when the image is not built; ScenarioError for launch options that the image can't follow, and for
 * a step whose source can't be hashed.
 */
export async function planOf(wanted: Checkpoint, root: string): Promise<Plan> {
  const chain = chainOf(wanted);
  const start = rootOf(wanted);
  const { image: name, launch } = start;
  const [image, qemu, accelerator, ...fingerprints] = await Promise.all([
    rootImage(start),
    installedQemu(),
    usableAccelerator(),
    ...chain.map((checkpoint) => stepFingerprint(checkpoint)),
  ]);
  const base = { format: FORMAT, qemu, ...(await machineParts(image, accelerator, launch)) };
  const planned: Planned[] = [];
  for (const [index, checkpoint] of chain.entries()) {
    const parent = planned[index - 1]?.note;
    const { digest: step = '', parts: source = [] } = fingerprints[index] ?? {};
    const { kind } = checkpoint;
    const inputs = checkpoint.inputs as KeyParts['inputs'];
    const parts: KeyParts = { ...base, kind, step, inputs, ...(parent && { parent: parent.key }) };
    planned.push({
      checkpoint,
      note: {
        name: checkpoint.name,
        key: keyOf(parts),
        parts,
        source: [...source],
        file: relative(root, checkpoint.file),
        image: name,
        ...(parent && { parent: { name: parent.name, key: parent.key } }),
      },
    });
  }
  return { image, steps: planned };
}

async function machineParts(
  image: Image,
  accelerator: 'tcg' | 'kvm',
  launch: LaunchOptions,
): Promise<Pick<KeyParts, 'image' | 'imagesBeside' | 'machine' | 'argv'>> {
  const spec = describedMachine(image, accelerator, 'overlay', launch);
  const { spec: machine, argv } = normalMachine(spec, image, await hostCpu(accelerator));
  const served: Record<string, string> = {};
  for (const [name, folder] of Object.entries(launch.serve ?? {})) served[name] = await folderDigest(folder);
  const beside = besides(image).map(({ name, digest }) => [name, digest]);
  return {
    image: image.digest,
    ...(beside.length > 0 && { imagesBeside: Object.fromEntries(beside) }),
    machine: { ...machine, served, extraDisks: [...(launch.disks ?? [])] } as KeyParts['machine'],
    argv,
  };
}

let installed: Promise<string> | undefined;

/** Asked once in a process: it takes longer than looking a checkpoint up. */
function installedQemu(): Promise<string> {
  installed ??= qemuVersion();
  return installed;
}

/** Under KVM the guest sees the host's own processor, TCG emulates its own. */
async function hostCpu(accelerator: 'tcg' | 'kvm'): Promise<string | undefined> {
  if (accelerator === 'tcg') return undefined;
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  return ['vendor_id', 'cpu family', 'model', 'stepping', 'flags']
    .map((field) => new RegExp(`^${field}\\s*:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '')
    .join(' | ');
}
