/** A machine's disks and its CD as arguments of QEMU. */
import { escapeCommas } from './comma.ts';
import type { Disk, DiskLayer, MachineSpec } from './spec.ts';

/** @param isReplayable whether requests complete when a recording says so */
export function diskArguments(spec: MachineSpec, isReplayable: boolean): string[] {
  const disks = spec.disks.flatMap((one, index) => disk(one, index, { bus: spec.diskBus, isReplayable }));
  return [...disks, ...cdrom(spec, isReplayable)];
}

/** The block node of a disk, by which QMP's snapshot commands name it. */
export function diskNode(index: number): string {
  return `disk${index}-node`;
}

interface Attachment {
  readonly bus: MachineSpec['diskBus'];
  readonly isReplayable: boolean;
}

/** What the guest sees of a drive. A card goes into the slot before it. */
const DEVICES: Record<MachineSpec['diskBus'], (drive: string) => string[]> = {
  virtio: (drive) => ['-device', `virtio-blk-pci,drive=${drive}`],
  sd: (drive) => ['-device', 'sdhci-pci', '-device', `sd-card,drive=${drive}`],
};

function disk(
  { file, format, backing = [] }: Disk,
  index: number,
  { bus, isReplayable }: Attachment,
): string[] {
  const id = `disk${index}`;
  // An overlay is thrown away: nobody needs it to be on the platter.
  const drive = `if=none,id=${id},node-name=${diskNode(index)},file=${escapeCommas(file)},format=${format},cache=unsafe,discard=unmap`;
  const device = DEVICES[bus](id);
  if (!isReplayable) return ['-drive', drive + backing.map(backingLayer).join(''), ...device];
  const image = drive.replace(`id=${id},`, `id=${id}-image,`) + backing.map(backingLayer).join('');
  return ['-drive', image, ...blockReplay(id), ...device];
}

/** A disk's requests complete when the recording says so (docs/replay.txt of QEMU). */
function blockReplay(id: string): string[] {
  return ['-drive', `driver=blkreplay,if=none,image=${id}-image,id=${id}`];
}

function cdrom({ cdrom: file }: MachineSpec, isReplayable: boolean): string[] {
  if (!file) return [];
  const drive = `file=${escapeCommas(file)},format=raw,media=cdrom,readonly=on`;
  if (!isReplayable) return ['-drive', drive];
  return [
    ...['-drive', `if=none,id=cdrom-image,${drive}`],
    ...['-drive', 'driver=blkreplay,if=none,image=cdrom-image,id=cdrom,read-only=on'],
    ...['-device', 'ide-cd,drive=cdrom'],
  ];
}

/** Named here layer by layer, so that it does not matter which paths the files themselves have in their headers. */
function backingLayer({ file, format }: DiskLayer, depth: number): string {
  const layer = 'backing.'.repeat(depth + 1);
  return `,${layer}driver=${format},${layer}file.driver=file,${layer}file.filename=${escapeCommas(file)}`;
}
