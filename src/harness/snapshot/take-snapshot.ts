/** Saves a machine into a folder. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ScenarioError, SnapshotError } from '../../errors.ts';
import { writeAtomically } from '../host/atomic-file.ts';
import { moveFile } from '../host/sparse-file.ts';
import { besides } from '../image/disk-images.ts';
import type { Machine } from '../machine/machine.ts';
import { RunDirectory } from '../runner/run-directory.ts';
import { bootId } from './boot-id.ts';
import { consoleTail, writeTail } from './console-tail.ts';
import { saveDevices } from './device-state.ts';
import { freezeDisks } from './disks.ts';
import { mementoOf } from './memento.ts';
import { portable } from './portable.ts';
import { Snapshot } from './snapshot.ts';
import {
  DEVICES_FILE,
  RAM_FILE,
  RECORD_FILE,
  type SavedFile,
  type SnapshotKind,
  type SnapshotRecord,
} from './snapshot-record.ts';
import { deleteFromDisks, saveInDisks } from './vm-jobs.ts';

export interface TakeOptions {
  readonly kind: SnapshotKind;
  /** The name of the state inside the disks, for the kind `vmstate`. */
  readonly tag?: string;
}

/**
 * Saves a machine. Afterwards it has no QEMU any more, and `machine.goOn(snapshot)` takes it on from there: the memory
 * and the disks are the snapshot's now, and are never written again.
 * @param folder existing, empty, for this user only. What is in it after a failure is rubbish.
 * @throws ScenarioError when the machine can't be saved as it stands (the message says why), and it runs on; QmpError
 * or HostError when the saving fails: it runs on if its QEMU still does.
 */
export async function takeSnapshot(
  machine: Machine,
  folder: string,
  { kind, tag = 'snapshot' }: TakeOptions,
): Promise<Snapshot> {
  refuseUnready(machine, kind);
  const files: Record<string, SavedFile> = {};
  await machine.states.whileStopped(async (qmp) => {
    if (kind === 'vmstate') return saveAnew(machine, tag);
    using directory = RunDirectory.create();
    const socket = directory.file('devices.sock');
    files[DEVICES_FILE] = await saveDevices(qmp, join(folder, DEVICES_FILE), socket);
  });
  await machine.states.retire();
  try {
    return await collected(machine, folder, { kind, tag, files });
  } catch (error) {
    // There is nothing to go on from.
    machine.endConsoles();
    throw error;
  }
}

/** Puts together what a machine that has ended has left. */
async function collected(
  machine: Machine,
  folder: string,
  { kind, tag, files }: Required<TakeOptions> & { files: Record<string, SavedFile> },
): Promise<Snapshot> {
  const { qemuVersion } = machine.emulation;
  if (machine.emulation.exit?.code !== 0)
    throw new SnapshotError(`machine "${machine.name}" was saved, but its QEMU did not end in order`, {
      probably: 'what it had of the disks may not all be in their files',
    });
  const { image } = machine;
  const { base } = machine.states;
  if (kind === 'template') await moveFile(machine.emulation.ram?.file as string, join(folder, RAM_FILE));
  const disks = await freezeDisks(machine.spec.disks, folder, { base, image });
  const names = disks.flatMap(({ layers }) => layers.filter(({ isOwn }) => isOwn).map(({ file }) => file));
  for (const name of kind === 'template' ? [RAM_FILE, ...names] : names)
    files[name] = { bytes: (await stat(join(folder, name))).size };
  const tails = await saveTails(machine, folder, files);
  const record: SnapshotRecord = {
    schema: 1,
    kind,
    ...(kind === 'vmstate' && { tag }),
    takenAt: new Date().toISOString(),
    qemuVersion,
    ...(image && { image: { name: image.name, digest: image.digest } }),
    imagesBeside: image ? besides(image) : [],
    spec: portable({ ...machine.spec, disks: [] }, image),
    disks,
    memento: mementoOf(machine, tails),
    files,
    unsafeSinceBoot: bootId(),
  };
  await writeAtomically(join(folder, RECORD_FILE), JSON.stringify(record));
  return new Snapshot(folder, record);
}

/** The disk may be a copy of one that the machine was restored from: that state has done its duty. */
async function saveAnew({ qmp, spec, states: { base } }: Machine, tag: string): Promise<void> {
  const old = base?.record.kind === 'vmstate' ? base.record.tag : undefined;
  if (old !== undefined) await deleteFromDisks(qmp, spec.disks, old);
  await saveInDisks(qmp, spec.disks, tag);
}

async function saveTails(
  machine: Machine,
  folder: string,
  files: Record<string, SavedFile>,
): Promise<ReadonlyMap<string, ReturnType<typeof consoleTail>>> {
  const tails = new Map<string, ReturnType<typeof consoleTail>>();
  for (const [name, console] of machine.consoles) {
    const log = machine.logs.get(name);
    if (!log) continue;
    const tail = consoleTail(console.transcript, log);
    tails.set(name, tail);
    await writeTail(folder, name, tail);
    for (const file of [`${name}.log`, `${name}.times`]) {
      const content = await readFile(join(folder, file));
      files[file] = { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    }
  }
  return tails;
}

function refuseUnready(machine: Machine, kind: SnapshotKind): void {
  const refuse = (why: string, next: string) => {
    throw new ScenarioError(`machine "${machine.name}" can't be saved now: ${why}`, { next });
  };
  if (kind === 'template' && !machine.emulation.ram?.isShared)
    refuse('its memory is not in a file', 'launch or restore it with a place for its memory (ramFile)');
  const raw = machine.spec.disks.find(({ format }) => format !== 'qcow2');
  if (kind === 'vmstate' && (raw || machine.spec.disks.length === 0))
    refuse(
      raw ? `its disk ${raw.file} is not qcow2` : 'it has no disk to keep the state in',
      'save it as a template',
    );
  machine.states.refuseBusy();
}
