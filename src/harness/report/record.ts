/**
 * The run record: what is kept of a run, as data. Workers fill it and hand it to Vitest as the metadata of a
 * test (`task.meta.domes`); the reporter in the main process reads nothing else. It is plain JSON, so that it
 * survives blob reports and `--merge-reports`.
 */
import { z } from 'zod';
import { STAGES } from '../stage.ts';

export const MilestoneRecord = z.object({
  /** Unique on its machine: `hypervisor`, `guest shell`. */
  name: z.string(),
  stage: z.enum(STAGES),
  /** Wall time since QEMU's start, ms; absent when the milestone was not reached. */
  atMs: z.number().optional(),
  /** Wall time from the milestone before, ms. */
  tookMs: z.number().optional(),
  /**
   * Of `atMs`, how long QEMU's busiest thread stood in the host's run queue, ready but without a processor, ms.
   * `atMs - hostWaitMs` is the time that a busy host does not falsify.
   */
  hostWaitMs: z.number().optional(),
  /** Virtual time since power-on, ms, read a moment after it was seen; absent where there is none (`live`). */
  virtualMs: z.number().optional(),
  /** Allowed `virtualMs` where there is one, else `atMs - hostWaitMs`; absent, too, where it was not checked. */
  budgetMs: z.number().optional(),
  console: z.string().optional(),
  /** The console text that proved it. */
  evidence: z.string().optional(),
  /** True when it was reached before the machine was saved that this one was restored from. */
  restored: z.literal(true).optional(),
});

export const FindingRecord = z.object({
  /** `stage/kebab-label`. */
  class: z.string(),
  stage: z.enum(STAGES),
  severity: z.enum(['info', 'soft', 'hard', 'fatal']),
  cause: z.string(),
  remedy: z.string(),
  evidence: z.object({
    console: z.string(),
    /** 1-based line of the console's log. */
    line: z.number(),
    atMs: z.number(),
    text: z.string(),
  }),
  /** True when the scenario said that it expects this class. */
  expected: z.boolean(),
});

export const ConsoleRecord = z.object({
  name: z.string(),
  /** Raw bytes as QEMU wrote them; relative to the run's folder. */
  log: z.string(),
  bytes: z.number(),
  typing: z.object({
    sent: z.number(),
    echoed: z.number(),
    /** Characters sent again because their echo never came. */
    retyped: z.number(),
  }),
  /** Last lines, stripped of escapes, oldest first; shown when the test failed. */
  tail: z.array(z.object({ atMs: z.number(), text: z.string() })),
});

/** The saved state that a machine began with instead of powering on. */
export const RestoredFrom = z.object({
  /** What the snapshot is called. */
  name: z.string(),
  kind: z.enum(['template', 'vmstate']),
  /** When it was taken, ISO 8601. */
  takenAt: z.string(),
  /** Machine time at which it was taken, and at which the restored machine goes on, ms since power-on. */
  atMs: z.number(),
  /** From the request until the machine ran on, ms. */
  tookMs: z.number(),
});

/** Something that the harness typed on its own account. */
export const HarnessInput = z.object({
  console: z.string(),
  atMs: z.number(),
  text: z.string(),
  why: z.string(),
});

export const RequestRecord = z.object({
  /** Machine time at which it came, ms. */
  atMs: z.number(),
  /** The guest's own bytes, as its path is. */
  method: z.string(),
  path: z.string(),
  status: z.number(),
  /** Written to the connection for it, headers included. */
  bytes: z.number(),
  /** False when it was cut off. */
  complete: z.boolean(),
});

/** The recording of a machine of determinism `recorded`; such a machine always powers on, whatever is stored. */
export const RecordingRecord = z.object({
  /** Who asked for it: `DOMES_RECORD=on-failure`. */
  because: z.string(),
  /** `discarded`: the test has passed. `lost`: it is not complete; see the machine's cleanup trouble. */
  is: z.enum(['running', 'kept', 'discarded', 'lost']),
  /** Folder for `domes replay`, relative to the project root. */
  capsule: z.string().optional(),
  bytes: z.number().optional(),
});

/** A copy of one of the guest's own logs. */
export const GuestLogRecord = z.object({
  /** Its path under /var/log, or the command that printed it. The guest's own word. */
  name: z.string(),
  /** Relative to the machine's folder of logs; in a run record, to the run's folder. */
  file: z.string(),
  bytes: z.number(),
  through: z.enum(['ssh', 'console']),
});
export type GuestLogRecord = z.infer<typeof GuestLogRecord>;

/** A picture of the machine's screen. */
export const ScreenshotRecord = z.object({
  /** Relative to the machine's folder of logs; in a run record, to the run's folder. */
  file: z.string(),
  /** Machine time, ms. */
  atMs: z.number(),
  /** The scenario's word for it; `failure` for the one that is taken when a test has failed. */
  name: z.string().optional(),
});
export type ScreenshotRecord = z.infer<typeof ScreenshotRecord>;

export const MachineRecord = z.object({
  name: z.string(),
  image: z.object({ name: z.string(), digest: z.string() }),
  /** The host that it ran on, `ssh://user@host`; absent for the runner's own. */
  host: z.string().optional(),
  accelerator: z.enum(['tcg', 'kvm']),
  qemuVersion: z.string(),
  /** One per QEMU process that the machine has had. */
  argv: z.array(z.array(z.string())),
  /** Wall-clock time of QEMU's start, ISO 8601. */
  startedAt: z.string(),
  /** From power-on to QEMU's end, ms; of a restored machine with the time before it was saved. */
  ranMs: z.number().optional(),
  restoredFrom: RestoredFrom.optional(),
  /** Absent for `live`. */
  determinism: z.enum(['pinned', 'recorded']).optional(),
  recording: RecordingRecord.optional(),
  /** None are typed for a machine that was not saved or restored. */
  harnessInputs: z.array(HarnessInput).optional(),
  /** CPU of QEMU itself (user + system), ms. */
  qemuCpuMs: z.number().optional(),
  exit: z
    .object({
      code: z.number().nullable(),
      signal: z.string().nullable(),
      /** It ran until domes ended it, as it ends every machine with its test. */
      byDomes: z.literal(true).optional(),
      /** Why nobody knows more: the connection to its host is gone. */
      lost: z.string().optional(),
    })
    .optional(),
  milestones: z.array(MilestoneRecord),
  /** Its scenario's budgets were not checked, because of this: `DOMES_RECORD=on-failure`. */
  budgetsUnchecked: z.string().optional(),
  findings: z.array(FindingRecord),
  consoles: z.array(ConsoleRecord),
  screenshots: z.array(ScreenshotRecord).optional(),
  /** Collected when the test had failed. */
  guestLogs: z.array(GuestLogRecord).optional(),
  /** What the guest asked the machine's web server for; absent without a network. */
  requests: z.array(RequestRecord).optional(),
  /** Trouble while cleaning up; never hides the first failure. */
  cleanupTrouble: z.array(z.string()),
});

/** What was done for one checkpoint on the way of a machine. */
export const CheckpointRecord = z.object({
  /** The checkpoint's name. */
  name: z.string(),
  machine: z.string(),
  did: z.enum(['restored', 'executed']),
  /** Why its step was executed, in words. */
  because: z.string().optional(),
  /** Absent where nothing is stored: DOMES_CHECKPOINTS=off, a recording, another host. */
  key: z.string().optional(),
  /** Machine time at which it was reached, ms; absent of one that was restored. */
  atMs: z.number().optional(),
  /** The restore, or the step's execution, ms. */
  tookMs: z.number(),
  /** How long another runner, which was making it, was waited for, ms. */
  waitedMs: z.number().optional(),
  /** Saving, and going on from what was saved, ms. */
  savedMs: z.number().optional(),
  /** Why it was executed and not stored. */
  notSaved: z.string().optional(),
});

export const ScenarioRecord = z.object({
  schema: z.literal(1),
  /** Folder of this test's logs, relative to the project root: `reports/runs/<run>/<scenario>/…`. */
  folder: z.string(),
  machines: z.array(MachineRecord),
  /** In the order in which they were done; absent where a scenario uses none. */
  checkpoints: z.array(CheckpointRecord).optional(),
  host: z.object({
    cpus: z.number(),
    /** One-minute load average at the start and the end of the test. */
    loadBefore: z.number(),
    loadAfter: z.number(),
    /** CPU of the worker process during the test (user + system), ms. */
    harnessCpuMs: z.number(),
    node: z.string(),
  }),
});

export type MilestoneRecord = z.infer<typeof MilestoneRecord>;
export type FindingRecord = z.infer<typeof FindingRecord>;
export type ConsoleRecord = z.infer<typeof ConsoleRecord>;
export type RestoredFrom = z.infer<typeof RestoredFrom>;
export type HarnessInput = z.infer<typeof HarnessInput>;
export type RequestRecord = z.infer<typeof RequestRecord>;
export type RecordingRecord = z.infer<typeof RecordingRecord>;
export type MachineRecord = z.infer<typeof MachineRecord>;
export type CheckpointRecord = z.infer<typeof CheckpointRecord>;
export type ScenarioRecord = z.infer<typeof ScenarioRecord>;

declare module 'vitest' {
  interface TaskMeta {
    domes?: ScenarioRecord;
  }
}
