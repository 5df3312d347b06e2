/**
 * Vitest's `test`, with machines: the fixture `launch` boots one, `resume` has one at a checkpoint; they end with the
 * test, however that ends.
 */

import { relative } from 'node:path';
import { test as base, inject, type ProvidedContext } from 'vitest';
import { HostError, ScenarioError } from '../../errors.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { LaunchOptions } from '../machine/launch.ts';
import type { Machine } from '../machine/machine.ts';
import { isKeptOnFailure } from '../machine/pause.ts';
import type { Outcome } from '../replay/machine-recording.ts';
import { testFolderOf } from '../report/run-folder.ts';
import { runnerFolder } from '../runner/runner-folder.ts';
import { type ResumeOptions, ScenarioRun } from './scenario-run.ts';

export type Launch = (image: string, options?: LaunchOptions) => Promise<Machine>;

export type Resume = (checkpoint: Checkpoint, options?: ResumeOptions) => Promise<Machine>;

interface Fixtures {
  /** Owner of the test's machines. */
  readonly scenarioRun: ScenarioRun;
  readonly launch: Launch;
  readonly resume: Resume;
}

export const test = base.extend<Fixtures>({
  scenarioRun: async ({ task, signal }, use) => {
    const startedAt = performance.now();
    const run = inject('domesRun');
    const leash = leashOf(run);
    // Before the first machine: from here on this process ends when Vitest's main process does.
    runnerFolder({ leash });
    const file = relative(process.cwd(), task.file.filepath);
    const attempt = task.result?.retryCount ?? 0;
    const scenario = new ScenarioRun(
      {
        run: run.id,
        runFolder: run.folder,
        testFolder: testFolderOf(file, task.name, { attempt }),
        test: { id: task.id, file, name: task.fullTestName },
      },
      {
        signal,
        // 0 is Vitest's word for no timeout.
        endsAt: startedAt + (task.timeout > 0 ? task.timeout : Number.POSITIVE_INFINITY),
        isKeptOnFailure: isKeptOnFailure(process.env),
        outcome: () => ({ file, name: task.name, ...outcomeOf(task.result) }),
      },
    );
    // Shared with Vitest from the start and filled in as it goes: a test that is cut off keeps what it had.
    task.meta.domes = scenario.record;
    try {
      await use(scenario);
      // Vitest knows by now how the test ended (runTest of @vitest/runner 4.1), and what is given back here is ended.
      if (task.result?.state === 'fail') {
        await scenario.takeScreenshots();
        await scenario.collectLogs();
      }
    } finally {
      // After the test's function, and so beyond its timeout.
      const { state, errors = [] } = task.result ?? {};
      if (state === 'fail') await scenario.pauseAfterFailure(firstLine(errors[0]?.message));
      await scenario.untilResumed();
      await scenario[Symbol.asyncDispose]();
    }
  },
  launch: ({ scenarioRun }, use) => use(scenarioRun.launch),
  resume: ({ scenarioRun }, use) => use(scenarioRun.resume),
});

/** Fixtures end behind the test function, when Vitest knows whether it has failed. */
function outcomeOf(
  result: { readonly state: string; readonly errors?: readonly { readonly message: string }[] } | undefined,
): Pick<Outcome, 'result' | 'error'> {
  const [error] = result?.errors ?? [];
  if (error) return { result: 'failed', error: error.message };
  return { result: result?.state === 'fail' ? 'failed' : 'passed' };
}

/** What main gave us to notice its end by. @throws HostError when it could not; ScenarioError with another config. */
function leashOf(run: ProvidedContext['domesRun'] | undefined): string {
  if (run?.leash !== undefined) return run.leash;
  if (run?.noLeash) throw new HostError(run.noLeash.code, run.noLeash.summary, run.noLeash.facts);
  throw new ScenarioError('a scenario needs what globalSetup in vitest.config.ts sets up', {
    next: "run it from the project's root, with its own config: npx vitest run scenarios/…",
  });
}

function firstLine(message = 'the test failed'): string {
  return message.split('\n', 1)[0] as string;
}
