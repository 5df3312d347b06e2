/**
 * What the page is given: a view of the run record, ready to be shown. The writer fills it and the page's own scripts
 * read it, both checked against these types. Every text may come from a guest.
 */
import type { Burst } from '../bursts.ts';
import type { LayerSpan } from '../layer-spans.ts';
import type { FindingRecord, MilestoneRecord, RequestRecord } from '../record.ts';
import type { KnownFailure, TestRecord, TroubleRecord } from '../run.ts';

/** One run: everything that the overview needs. */
export interface RunView {
  readonly id: string;
  readonly state: 'passed' | 'failed' | 'interrupted';
  readonly startedAt: string;
  readonly tookMs: number;
  readonly command: string;
  readonly merged: boolean;
  readonly nightly: boolean;
  readonly versions: readonly (readonly [name: string, version: string])[];
  readonly scenarios: readonly ScenarioRow[];
  /** Tests that booted nothing and went well. */
  readonly otherTests: { readonly passed: number; readonly skipped: number };
  readonly troubles: readonly { readonly name: string; readonly trouble: TroubleRecord }[];
  /** Relative to the page. */
  readonly files: readonly (readonly [name: string, href: string])[];
}

export interface ScenarioRow {
  readonly key: string;
  readonly file: string;
  readonly name: string;
  readonly state: TestRecord['state'];
  readonly reason?: string;
  /** Failure class, else error code. */
  readonly class?: string;
  readonly summary?: string;
  /** Somebody has looked at this failure already. */
  readonly known?: KnownFailure;
  readonly tookMs: number;
  readonly retries: number;
  /** Of its first machine. */
  readonly spans: readonly LayerSpan[];
  /** Durations of earlier runs, oldest first, ms. */
  readonly earlierMs: readonly number[];
}

export interface ScenarioView {
  readonly row: ScenarioRow;
  readonly troubles: readonly TroubleRecord[];
  /** What to run to see it again. */
  readonly again: string;
  /** What replays a recorded machine, to the byte. */
  readonly replays: readonly string[];
  readonly host?: readonly Fact[];
  /** When its clock was 0, ISO 8601; absent without machines. */
  readonly startedAt?: string;
  readonly machines: readonly MachineView[];
  readonly trends: readonly TrendView[];
}

export type Fact = readonly [name: string, value: string];

export interface MachineView {
  readonly name: string;
  /** What it was, in a few words. */
  readonly summary: string;
  readonly facts: readonly Fact[];
  readonly argv: readonly (readonly string[])[];
  /** When it started, ms since the first machine of the scenario did. */
  readonly sinceMs: number;
  /** When it ended, ms since its own start. */
  readonly endMs: number;
  readonly milestones: readonly MilestoneRecord[];
  readonly spans: readonly LayerSpan[];
  readonly checkpoints: readonly CheckpointView[];
  readonly findings: readonly FindingRecord[];
  readonly consoles: readonly ConsoleView[];
  /** The last lines of each console, for the evidence of a failure. */
  readonly tails: readonly {
    readonly console: string;
    readonly lines: readonly { readonly atMs: number; readonly text: string }[];
  }[];
  readonly screenshots: readonly { readonly href: string; readonly atMs: number; readonly name: string }[];
  /** The guest's own logs, as far as they were collected. */
  readonly guestLogs: readonly { readonly name: string; readonly href: string; readonly bytes: number }[];
  /** What the guest asked its web server for. */
  readonly requests: readonly RequestRecord[];
  readonly cleanupTrouble: readonly string[];
}

export interface CheckpointView {
  readonly name: string;
  readonly atMs: number;
  readonly restored: boolean;
}

export interface ConsoleView {
  readonly key: string;
  readonly name: string;
  readonly bytes: number;
  readonly typed: number;
  readonly retyped: number;
  /** Why its log can't be shown. */
  readonly absent?: string;
  readonly files: readonly (readonly [name: string, href: string])[];
  /** When it printed. */
  readonly bursts: readonly Burst[];
  /** Chunks of its text: `[rows, line number of the first, ms of the first]`. */
  readonly chunks: readonly (readonly [rows: number, line: number, atMs: number])[];
  /** Where chunks and cast are: in the scenario's own script, or in scripts of their own. */
  readonly apart: boolean;
  /** Whether there is a cast for the player: a console of many megabytes has text alone. */
  readonly cast: boolean;
  readonly columns: number;
  readonly rows: number;
}

/** The times of one milestone over the last runs, oldest first; this run is the last. */
export interface TrendView {
  readonly machine: string;
  readonly name: string;
  readonly stage: MilestoneRecord['stage'];
  readonly tookMs: readonly (number | null)[];
}
