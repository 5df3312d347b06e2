/** From a snapshot to a QEMU that goes on from it. Nothing of the snapshot is written to. */
import { ScenarioError } from '../../errors.ts';
import { sparseCopy } from '../host/sparse-file.ts';
import type { Image } from '../image/image.ts';
import type { StartOptions } from '../machine/machine.ts';
import { emptyRamFile } from '../machine/ram-file.ts';
import type { RamFile } from '../qemu/argv.ts';
import type { QemuProcess } from '../qemu/process.ts';
import { thaw } from './at-rest.ts';
import { loadDevices } from './device-state.ts';
import { disksOn } from './disks.ts';
import { type Snapshot, unfit } from './snapshot.ts';
import { loadFromDisks } from './vm-jobs.ts';

export interface GoOnOptions {
  /**
   * A file that is not there yet, to hold the guest's memory so that this machine can be saved in its turn. Costs a
   * copy of what the snapshot holds; without it the memory is shared with the snapshot until it is written to.
   */
  readonly ramFile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GoOnPlace {
  /** Private folder of the machine, for its disks. */
  readonly runFolder: string | undefined;
  readonly image: Image | undefined;
}

/**
 * How to start a QEMU that goes on from a snapshot.
 * @throws HostError when the memory or a disk can't be copied; SnapshotError, when it starts, for what does not fit.
 */
export async function startFrom(
  snapshot: Snapshot,
  { runFolder, image }: GoOnPlace,
  { ramFile, signal }: GoOnOptions = {},
): Promise<StartOptions> {
  await thaw(snapshot, signal);
  if (runFolder === undefined && snapshot.record.disks.length > 0)
    throw new ScenarioError('a machine with disks needs a folder of its own to go on from a snapshot');
  const place = (disk: string) => `${runFolder}/${disk}`;
  const [ram, disks] = await Promise.all([
    memoryOf(snapshot, ramFile, signal),
    disksOn(snapshot, place, { image, signal }),
  ]);
  const isTemplate = snapshot.record.kind === 'template';
  return {
    ram,
    disks,
    ...(isTemplate && { deviceState: snapshot.devicesFile }),
    prepare: async (qemu) => {
      refuseOtherVersion(snapshot, qemu);
      await (isTemplate ? loadDevices(qemu) : loadFromDisks(qemu.qmp, disks, snapshot.record.tag ?? ''));
    },
  };
}

async function memoryOf(
  { record, ramFile: saved }: Snapshot,
  ramFile: string | undefined,
  signal: AbortSignal | undefined,
): Promise<RamFile | undefined> {
  if (record.kind === 'vmstate') return ramFile === undefined ? undefined : emptyRamFile(ramFile);
  if (ramFile === undefined) return { file: saved, isShared: false };
  await sparseCopy(saved, ramFile, signal);
  return { file: ramFile, isShared: true };
}

function refuseOtherVersion({ folder, record }: Snapshot, { qmp }: QemuProcess): void {
  if (qmp.qemuVersion !== record.qemuVersion)
    throw unfit(folder, `QEMU ${record.qemuVersion} made it, and this host has ${qmp.qemuVersion}`);
}
