/** The key of a checkpoint: a digest of everything that its state depends on. Another key is another state. */
import { z } from 'zod';
import { sha256OfText } from '../image/digest.ts';
import { canonicalJson } from './canonical-json.ts';

/** Raised when stored checkpoints of before must not be used any more. */
export const FORMAT = 1;

export const SnapshotKind = z.enum(['template', 'vmstate']);
export type SnapshotKind = z.infer<typeof SnapshotKind>;

/** Everything that a key is made of, readable. */
export const KeyParts = z.strictObject({
  format: z.number(),
  kind: SnapshotKind,
  /** Digest of the image that the chain starts from. */
  image: z.string(),
  /** Digests of those whose disks the machine has beside, by name. */
  imagesBeside: z.record(z.string(), z.string()).optional(),
  /** QEMU's version string with the distribution's suffix: a saved state is only good for that very build. */
  qemu: z.string(),
  /** The machine without names and folders of this host (normal-machine.ts). */
  machine: z.record(z.string(), z.json()),
  /** QEMU's arguments for it. */
  argv: z.array(z.string()),
  /** Key of the checkpoint that the step starts from. */
  parent: z.string().optional(),
  /** Digest of the step's source and of all that it uses (source/fingerprint.ts). */
  step: z.string(),
  inputs: z.json(),
});
export type KeyParts = z.infer<typeof KeyParts>;

/** SHA-256 over the parts, in hex. */
export function keyOf(parts: KeyParts): string {
  return sha256OfText(canonicalJson(parts, 'key'));
}
