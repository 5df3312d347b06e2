/**
 * A place inside a replay that was saved, so that later replays of the capsule begin there: the machine's state as QEMU
 * saves it, and how much of each console had been printed. It lies beside the capsule, not in it: a capsule is small.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CapsuleError } from '../../errors.ts';
import { moveFile } from '../host/sparse-file.ts';
import { readCheckedJson } from '../image/checked-json.ts';
import { createBlankDisk } from '../qemu/blank-disk.ts';
import { SAVED_STATE } from '../qemu/determinism.ts';
import type { QmpClient } from '../qmp/client.ts';
import type { CapsuleRecord } from './capsule-record.ts';
import { humanMonitor } from './human-monitor.ts';
import type { Capsule } from './open-capsule.ts';
import type { Until } from './until.ts';

const SavedRecord = z.strictObject({
  schema: z.literal(1),
  /** SHA-256 of the capsule's recording. */
  recording: z.string(),
  /** Console → its bytes by then. */
  consoles: z.record(z.string(), z.number().int().nonnegative()),
});

export interface SavedPlace {
  /** qcow2 file with the state. */
  readonly file: string;
  readonly consoles: Readonly<Record<string, number>>;
}

/** QEMU wants a disk to write states to; it grows with what is written. */
const EMPTY = '1M';

/** Makes an empty file for QEMU to save a state to. @throws as createBlankDisk does. */
export async function makeStateFile(file: string, signal: AbortSignal | undefined): Promise<void> {
  await createBlankDisk(file, EMPTY, { signal });
}

/**
 * Saves a replay that stands still.
 * @param file that its QEMU was given for states
 * @throws CapsuleError with QEMU's words when it refuses.
 */
export async function savePlace(
  { folder, record }: Capsule,
  place: Until,
  { qmp, file, consoles }: SavedPlace & { readonly qmp: QmpClient },
): Promise<void> {
  await humanMonitor(qmp, `savevm ${SAVED_STATE}`, 'replay it from power-on');
  const { state, description } = placeFiles(folder, place);
  await mkdir(placesFolder(folder), { recursive: true });
  // Without its description a state is none.
  await rm(description, { force: true });
  await moveFile(file, state);
  const saved = { schema: 1, recording: record.recording.sha256, consoles };
  await writeFile(`${description}.half`, `${JSON.stringify(SavedRecord.parse(saved))}\n`);
  await rename(`${description}.half`, description);
}

/** @throws CapsuleError when the place was not saved, or belongs to another recording. */
export async function savedPlace({ folder, record }: Capsule, place: Until): Promise<SavedPlace> {
  const { state, description } = placeFiles(folder, place);
  const again = { next: `save it: npx domes replay ${folder} --until ${place} --save` };
  if (!existsSync(description)) throw new CapsuleError(`"${place}" of this capsule is not saved`, again);
  const saved = await readCheckedJson(description, description, SavedRecord);
  if (saved.recording !== record.recording.sha256)
    throw new CapsuleError(`"${place}" was saved of another recording: ${description}`, again);
  return { file: state, consoles: saved.consoles };
}

/**
 * Whether a replay of this machine can begin in the middle.
 * @throws CapsuleError with the reason when it can't.
 */
export function requireSaveable({ argv }: CapsuleRecord): void {
  const next = 'replay it from power-on';
  if (argv.includes('virtio-serial-pci'))
    throw new CapsuleError('a machine with virtio consoles can be replayed from power-on only', {
      // hw/char/virtio-serial-bus.c, fetch_active_ports_list: `timer_mod(s->post_load->timer, 1)`.
      probably:
        'QEMU arms a timer when it loads their state, and the recording knows nothing of it: it stands still',
      next: `${next}, or record a machine with serial ports only: machine: { consoles: { console: { port: 'com1', role: 'system' } } }`,
    });
  if (argv.some((argument) => argument.startsWith('driver=blkreplay,')))
    throw new CapsuleError('a machine with disks can be replayed from power-on only', {
      probably: 'QEMU saves no states of the disks that a recording is replayed on (blkreplay)',
      next,
    });
}

function placesFolder(capsule: string): string {
  return `${capsule}.places`;
}

function placeFiles(capsule: string, place: Until): { state: string; description: string } {
  const base = join(placesFolder(capsule), place);
  return { state: `${base}.qcow2`, description: `${base}.json` };
}
