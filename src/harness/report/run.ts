/**
 * `run.json`: everything that is kept of one run of Vitest, as data. JUnit, the timeline and the history are
 * views of it. The same schema as JSON: `run.schema.json`, beside this file.
 */
import { z } from 'zod';
import { ScenarioRecord } from './record.ts';

/**
 * One error of a test. `failure` means that the system under test misbehaved (or an assertion about it did
 * not hold); everything else that keeps a test from its verdict is an `error`: host, scenario, runner.
 */
export const TroubleRecord = z.object({
  kind: z.enum(['failure', 'error']),
  /** Failure class (`stage/kebab-label`), else the code of a domes error, else the error's name. */
  type: z.string(),
  /** First line of the message. */
  summary: z.string(),
  /** Name, message, difference, the frames of the scenario and the causes, as plain text. */
  text: z.string(),
  /** Of a domes error. */
  code: z.string().optional(),
  blame: z.enum(['guest', 'host', 'scenario', 'runner']).optional(),
});

/** Somebody has looked at this failure already; see known-failures.ts. */
export const KnownFailure = z.object({
  /** Where it is tracked. */
  tracker: z.string(),
  /** A day, `2026-12-31`. */
  snoozeUntil: z.string().optional(),
  isSnoozed: z.boolean(),
});

export const TestRecord = z.object({
  /** Test file, relative to the project root. */
  file: z.string(),
  /** Names of the suites around it and its own, joined by ` > `. */
  name: z.string(),
  /** Vitest project: `unit`, `scenarios`. */
  project: z.string(),
  /** `failed`: the guest or an assertion; `errored`: host, scenario, runner. */
  state: z.enum(['passed', 'failed', 'errored', 'skipped']),
  /** Why it was skipped. */
  reason: z.string().optional(),
  /** ISO 8601. */
  startedAt: z.string().optional(),
  tookMs: z.number(),
  /** How often it was run again. */
  retries: z.number(),
  /** The one that decided first; then the others, those of earlier tries included. */
  troubles: z.array(TroubleRecord),
  known: KnownFailure.optional(),
  /** Absent for tests that boot nothing. */
  scenario: ScenarioRecord.optional(),
});

/** Trouble that belongs to no test: a file that could not be imported, a hook, an unhandled rejection. */
export const RunTrouble = z.object({
  origin: z.enum(['module', 'suite', 'run']),
  /** Test file, relative to the project root; absent when it is the run's. */
  file: z.string().optional(),
  /** What failed: the file, the suite, `Unhandled Rejection`. */
  name: z.string(),
  trouble: TroubleRecord,
});

export const RunRecord = z.object({
  schema: z.literal(1),
  id: z.string(),
  /** Relative to the project root: `reports/runs/<id>`. */
  folder: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  endedAt: z.string(),
  /** `interrupted`: cancelled by Ctrl-C or `--bail`. */
  state: z.enum(['passed', 'failed', 'interrupted']),
  /** Vitest's command line. */
  argv: z.array(z.string()),
  nightly: z.boolean(),
  /** True when it was put together from blob reports (`--merge-reports`). */
  merged: z.boolean(),
  versions: z.object({
    domes: z.string(),
    node: z.string(),
    vitest: z.string(),
    /** Every QEMU version that a machine of this run had. */
    qemu: z.array(z.string()),
  }),
  tests: z.array(TestRecord),
  troubles: z.array(RunTrouble),
});

export type TroubleRecord = z.infer<typeof TroubleRecord>;
export type KnownFailure = z.infer<typeof KnownFailure>;
export type TestRecord = z.infer<typeof TestRecord>;
export type RunTrouble = z.infer<typeof RunTrouble>;
export type RunRecord = z.infer<typeof RunRecord>;
