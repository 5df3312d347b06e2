/** `capsule.json`: what a capsule says about itself. */
import { z } from 'zod';
import { STAGES } from '../stage.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hex');

/** A place in the recorded run. */
const Moment = z.strictObject({
  console: z.string(),
  /** ms of wall time since power-on, of the recorded run. */
  atMs: z.number(),
  /** Instructions since power-on, counted a moment after it was seen; absent when the machine was gone by then. */
  instruction: z.number().int().nonnegative().optional(),
});

export const CapsuleMilestone = z.strictObject({
  ...Moment.shape,
  name: z.string(),
  stage: z.enum(STAGES),
  /** So many raw bytes of the console were there when it was seen. */
  bytes: z.number().int().nonnegative(),
  /** Of those bytes. */
  sha256: Sha256,
});

export const CapsuleConsole = z.strictObject({
  name: z.string(),
  /** The raw bytes; relative to the capsule. */
  file: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: Sha256,
});

/** What was sent to a console. */
export const CapsuleInput = z.strictObject({ console: z.string(), atMs: z.number(), text: z.string() });

const CapsuleImage = z.strictObject({ name: z.string(), digest: Sha256 });

export const CapsuleRecord = z.strictObject({
  schema: z.literal(1),
  /** ISO 8601. */
  recordedAt: z.string(),
  qemuVersion: z.string(),
  /** QEMU's arguments, host paths replaced: `{image}/disk.raw`, `{run}/overlay.qcow2`. */
  argv: z.array(z.string()),
  image: CapsuleImage,
  /** Those whose disks it had beside that of its own image. */
  imagesBeside: z.array(CapsuleImage).default([]),
  /** As they were given to `launch`. */
  launch: z.record(z.string(), z.json()),
  recording: z.strictObject({
    /** Gzipped; relative to the capsule. */
    file: z.string(),
    /** Of the file as it lies there. */
    sha256: Sha256,
    /** Unpacked. */
    bytes: z.number().int().positive(),
  }),
  milestones: z.array(CapsuleMilestone),
  consoles: z.array(CapsuleConsole),
  inputs: z.array(CapsuleInput),
  /** What the scenario was, and how it ended. */
  scenario: z.strictObject({
    file: z.string().optional(),
    name: z.string().optional(),
    result: z.enum(['passed', 'failed', 'unknown']),
    error: z.string().optional(),
  }),
  /** The line that proves the failure. */
  failure: z.strictObject({ ...Moment.shape, class: z.string(), text: z.string() }).optional(),
  /** Instructions since power-on when the machine was ended; absent when it was gone by then. */
  endInstruction: z.number().int().nonnegative().optional(),
});

export type CapsuleRecord = z.infer<typeof CapsuleRecord>;
export type CapsuleMilestone = z.infer<typeof CapsuleMilestone>;
export type CapsuleConsole = z.infer<typeof CapsuleConsole>;
export type CapsuleInput = z.infer<typeof CapsuleInput>;

/** Its name in a capsule. */
export const CAPSULE_FILE = 'capsule.json';
