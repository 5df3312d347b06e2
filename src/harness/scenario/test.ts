/** Vitest's `test`, with machines: the fixture `launch` boots one and ends it with the test, however that ends. */

import { relative } from 'node:path';
import { test as base, inject, type ProvidedContext } from 'vitest';
import { HostError, ScenarioError } from '../../errors.ts';
import type { LaunchOptions } from '../machine/launch.ts';
import type { Machine } from '../machine/machine.ts';
import { testFolderOf } from '../report/run-folder.ts';
import { runnerFolder } from '../runner/runner-folder.ts';
import { ScenarioRun } from './scenario-run.ts';

export type Launch = (image: string, options?: LaunchOptions) => Promise<Machine>;

export const test = base.extend<{ launch: Launch }>({
  launch: async ({ task, signal }, use) => {
    const startedAt = performance.now();
    const run = inject('domesRun');
    const leash = leashOf(run);
    // Before the first machine: from here on this process ends when Vitest's main process does.
    runnerFolder({ leash });
    const file = relative(process.cwd(), task.file.filepath);
    const attempt = task.result?.retryCount ?? 0;
    const scenario = new ScenarioRun(
      { runFolder: run.folder, testFolder: testFolderOf(file, task.name, { attempt }) },
      { signal, endsAt: startedAt + task.timeout },
    );
    // Shared with Vitest from the start and filled in as it goes: a test that is cut off keeps what it had.
    task.meta.domes = scenario.record;
    try {
      await use(scenario.launch);
    } finally {
      await scenario[Symbol.asyncDispose]();
    }
  },
});

/** What main gave us to notice its end by. @throws HostError when it could not; ScenarioError with another config. */
function leashOf(run: ProvidedContext['domesRun'] | undefined): string {
  if (run?.leash !== undefined) return run.leash;
  if (run?.noLeash) throw new HostError(run.noLeash.code, run.noLeash.summary, run.noLeash.facts);
  throw new ScenarioError('a scenario needs what globalSetup in vitest.config.ts sets up', {
    next: "run it from the project's root, with its own config: npx vitest run scenarios/…",
  });
}
