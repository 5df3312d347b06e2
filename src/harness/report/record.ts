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
  /** Allowed `atMs - hostWaitMs`. */
  budgetMs: z.number().optional(),
  console: z.string().optional(),
  /** The console text that proved it. */
  evidence: z.string().optional(),
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

export const MachineRecord = z.object({
  name: z.string(),
  image: z.object({ name: z.string(), digest: z.string() }),
  accelerator: z.enum(['tcg', 'kvm']),
  qemuVersion: z.string(),
  /** One per QEMU process that the machine has had. */
  argv: z.array(z.array(z.string())),
  /** Wall-clock time of QEMU's start, ISO 8601. */
  startedAt: z.string(),
  /** From QEMU's start to its end, ms. */
  ranMs: z.number().optional(),
  /** CPU of QEMU itself (user + system), ms. */
  qemuCpuMs: z.number().optional(),
  exit: z.object({ code: z.number().nullable(), signal: z.string().nullable() }).optional(),
  milestones: z.array(MilestoneRecord),
  findings: z.array(FindingRecord),
  consoles: z.array(ConsoleRecord),
  /** Trouble while cleaning up; never hides the first failure. */
  cleanupTrouble: z.array(z.string()),
});

export const ScenarioRecord = z.object({
  schema: z.literal(1),
  /** Folder of this test's logs, relative to the project root: `reports/runs/<run>/<scenario>/…`. */
  folder: z.string(),
  machines: z.array(MachineRecord),
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
export type MachineRecord = z.infer<typeof MachineRecord>;
export type ScenarioRecord = z.infer<typeof ScenarioRecord>;

declare module 'vitest' {
  interface TaskMeta {
    domes?: ScenarioRecord;
  }
}
