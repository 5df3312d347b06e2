/** What Vitest knows at the end of a run, as data. Reads; changes nothing; never throws because of a bad record. */
import type { TestCase, TestModule, TestRunEndReason, TestSuite } from 'vitest/node';
import { z } from 'zod';
import { ScenarioRecord } from './record.ts';
import type { RunTrouble, TestRecord, TroubleRecord } from './run.ts';
import { troubleOf } from './trouble.ts';

export interface Collected {
  readonly tests: TestRecord[];
  readonly troubles: RunTrouble[];
}

export interface EndOfRun {
  readonly modules: readonly TestModule[];
  readonly unhandled: readonly unknown[];
  readonly reason: TestRunEndReason;
  /** Project root; paths in the record are relative to it. */
  readonly root: string;
}

export function collectRun(end: EndOfRun): Collected {
  const collected: Collected = { tests: [], troubles: [] };
  for (const module of end.modules) {
    addHooks(collected, 'module', module, end);
    addChildren(collected, module, end);
    if (module.children.size === 0 && !isFinished(module)) addUnfinished(collected, module, end);
  }
  for (const error of end.unhandled) {
    const { type } = error as { type?: string };
    // An unhandled error is never a verdict about the guest, whatever it says: nobody was waiting for it.
    const trouble = { ...troubleOf(error, end.root), kind: 'error' as const };
    collected.troubles.push({ origin: 'run', name: type ?? 'Unhandled Error', trouble });
  }
  return collected;
}

function addChildren(collected: Collected, parent: TestModule | TestSuite, end: EndOfRun): void {
  for (const child of parent.children) {
    if (child.type === 'test') addTest(collected, child, end);
    else {
      addHooks(collected, 'suite', child, end);
      addChildren(collected, child, end);
    }
  }
}

/** A file that was never loaded must not be missing from the report. */
function addUnfinished({ tests, troubles }: Collected, module: TestModule, { reason }: EndOfRun): void {
  const file = fileOf(module);
  if (reason !== 'interrupted') {
    troubles.push({ origin: 'module', file, name: file, trouble: LOST });
    return;
  }
  const record = { file, name: file, project: module.project.name, tookMs: 0, retries: 0, troubles: [] };
  tests.push({ ...record, state: 'skipped', reason: CANCELLED });
}

function addHooks(
  { troubles }: Collected,
  origin: 'module' | 'suite',
  entity: TestModule | TestSuite,
  end: EndOfRun,
): void {
  const file = fileOf(entity.type === 'module' ? entity : entity.module);
  const name = entity.type === 'module' ? file : entity.fullName;
  for (const error of entity.errors())
    troubles.push({ origin, file, name, trouble: troubleOf(error, end.root) });
}

function addTest(collected: Collected, test: TestCase, end: EndOfRun): void {
  const diagnostic = test.diagnostic();
  const scenario = ScenarioRecord.safeParse(test.meta().domes);
  const troubles = troublesOf(test, end);
  const record: TestRecord = {
    file: fileOf(test.module),
    name: test.fullName,
    project: test.project.name,
    state: stateOf(test, troubles, end.reason),
    ...reasonOf(test, end.reason),
    ...(diagnostic && { startedAt: new Date(diagnostic.startTime).toISOString() }),
    tookMs: diagnostic?.duration ?? 0,
    retries: diagnostic?.retryCount ?? 0,
    troubles,
    ...(scenario.success && { scenario: scenario.data }),
  };
  collected.tests.push(record);
  if (!scenario.success && test.meta().domes !== undefined)
    collected.troubles.push(badRecord(record, scenario.error));
}

function troublesOf(test: TestCase, end: EndOfRun): TroubleRecord[] {
  const result = test.result();
  if (result.state === 'pending' && end.reason !== 'interrupted') return [LOST];
  const troubles = (result.errors ?? []).map((error) => troubleOf(error, end.root));
  // Vitest keeps the errors of all tries in one list; the last one belongs to the try that decided.
  const retried = (test.diagnostic()?.retryCount ?? 0) > 0;
  return retried ? troubles.reverse() : troubles;
}

export const CANCELLED = 'the run was cancelled';

/** A worker that is killed takes the results of its whole file with it. */
const LOST: TroubleRecord = {
  kind: 'error',
  type: 'DOMES_WORKER_LOST',
  summary: 'the worker process ended before it was done',
  text: 'The worker process ended before it was done; what it had not yet reported is lost.',
  code: 'DOMES_WORKER_LOST',
  blame: 'host',
};

function stateOf(
  test: TestCase,
  troubles: readonly TroubleRecord[],
  reason: TestRunEndReason,
): TestRecord['state'] {
  const { state } = test.result();
  if (state === 'passed' || state === 'skipped') return state;
  if (state === 'pending' && reason === 'interrupted') return 'skipped';
  return troubles[0]?.kind === 'failure' ? 'failed' : 'errored';
}

function reasonOf(test: TestCase, reason: TestRunEndReason): { reason?: string } {
  const result = test.result();
  if (result.state === 'pending') return reason === 'interrupted' ? { reason: CANCELLED } : {};
  if (result.state !== 'skipped') return {};
  const mode = test.options.mode;
  return { reason: result.note ?? (mode === 'todo' ? 'todo' : 'skipped') };
}

function badRecord({ file, name }: TestRecord, error: z.ZodError): RunTrouble {
  const summary = `the scenario record of "${name}" (${file}) does not fit its schema`;
  const text = `${summary}\n${z.prettifyError(error)}`;
  return { origin: 'run', file, name, trouble: { kind: 'error', type: 'DOMES_RECORD', summary, text } };
}

function isFinished(module: TestModule): boolean {
  return module.state() !== 'pending' && module.state() !== 'queued';
}

function fileOf(module: TestModule): string {
  return module.relativeModuleId;
}
