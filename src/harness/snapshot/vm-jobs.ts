/** States inside a machine's qcow2 disks, as `savevm` makes them, by QMP's jobs. */
import { QmpError, ScenarioError } from '../../errors.ts';
import { diskNode } from '../qemu/disk-arguments.ts';
import type { Disk } from '../qemu/spec.ts';
import type { QmpClient } from '../qmp/client.ts';
import { runJob } from '../qmp/job.ts';

/** Saves memory, devices and disks under a tag. @throws ScenarioError when there is one of that tag; QmpError. */
export async function saveInDisks(qmp: QmpClient, disks: readonly Disk[], tag: string): Promise<void> {
  await onDisks(qmp, 'snapshot-save', disks, tag).catch((error: unknown) => {
    if (!isAbout(error, /already exists/)) throw error;
    throw new ScenarioError(`there is a saved state "${tag}" in the disks already`, {
      next: 'choose another tag; a state is never overwritten',
    });
  });
}

/** Loads a state. @throws ScenarioError when there is none of that tag; QmpError. */
export async function loadFromDisks(qmp: QmpClient, disks: readonly Disk[], tag: string): Promise<void> {
  await onDisks(qmp, 'snapshot-load', disks, tag).catch((error: unknown) => {
    if (!isAbout(error, /does not exist/)) throw error;
    throw new ScenarioError(`there is no saved state "${tag}" in the disks`, {
      next: 'save one first: await machine.savevm(tag)',
    });
  });
}

/** Deletes a state; its place in the disks is used again. @throws QmpError. */
export async function deleteFromDisks(qmp: QmpClient, disks: readonly Disk[], tag: string): Promise<void> {
  const devices = disks.map((_, index) => diskNode(index));
  await runJob(qmp, 'snapshot-delete', { tag, devices });
}

/** The memory goes to the first disk. */
async function onDisks(
  qmp: QmpClient,
  command: 'snapshot-save' | 'snapshot-load',
  disks: readonly Disk[],
  tag: string,
): Promise<void> {
  const devices = disks.map((_, index) => diskNode(index));
  await runJob(qmp, command, { tag, vmstate: devices[0], devices });
}

function isAbout(error: unknown, words: RegExp): boolean {
  return error instanceof QmpError && words.test(error.summary);
}
