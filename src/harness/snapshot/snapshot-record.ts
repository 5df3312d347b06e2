/** `snapshot.json`: what a snapshot is of, what it consists of, and what it fits. */
import { z } from 'zod';
import { MachineSpec } from '../qemu/spec.ts';
import { MachineMemento } from './memento.ts';

export const SnapshotKind = z.enum(['template', 'vmstate']);
export type SnapshotKind = z.infer<typeof SnapshotKind>;

const Layer = z.strictObject({
  /** In the snapshot's folder; a pristine file of an image (`image:disk.raw`), or of the host (a full path). */
  file: z.string(),
  format: z.enum(['qcow2', 'raw']),
  isOwn: z.boolean(),
});

const ImageId = z.strictObject({ name: z.string(), digest: z.string() });

export const SavedDisk = z.strictObject({
  /** As the guest sees it. */
  sizeBytes: z.number().int(),
  /** The topmost first. Those in the folder are never written again. */
  layers: z.array(Layer).min(1),
});
export type SavedDisk = z.infer<typeof SavedDisk>;

export const SavedFile = z.strictObject({
  bytes: z.number().int(),
  /** Of all but memory and disks, which are too large to be read at each restore. */
  sha256: z.string().optional(),
});
export type SavedFile = z.infer<typeof SavedFile>;

export const SnapshotRecord = z.strictObject({
  schema: z.literal(1),
  kind: SnapshotKind,
  /** The name of the state inside the disks; kind `vmstate` only. */
  tag: z.string().optional(),
  /** ISO 8601. */
  takenAt: z.string(),
  /** A state fits the very version of QEMU that made it. */
  qemuVersion: z.string(),
  image: ImageId.optional(),
  /** Those whose disks it has beside that of its own image. */
  imagesBeside: z.array(ImageId).default([]),
  /** Of the machine; its disks are in `disks`, and an image's files have names instead of paths. */
  spec: MachineSpec,
  disks: z.array(SavedDisk),
  memento: MachineMemento,
  /** Every file of the folder but this one, by name. */
  files: z.record(z.string(), SavedFile),
  /**
   * Which boot of the host wrote it, as long as it may not all be on the platter; after a power cut, what was not is
   * lost. Absent when it was made safe (syncSnapshot).
   */
  unsafeSinceBoot: z.string().optional(),
});
export type SnapshotRecord = z.infer<typeof SnapshotRecord>;

/** The files of a snapshot's folder. */
export const RECORD_FILE = 'snapshot.json';
export const RAM_FILE = 'ram.img';
export const DEVICES_FILE = 'devices';
/** Behind the name of a file that is compressed. */
export const COMPRESSED = '.zst';
