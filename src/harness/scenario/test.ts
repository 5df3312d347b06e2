/** Vitest's `test`, with machines: the fixture `launch` boots one and ends it with the test, however that ends. */

import { relative } from 'node:path';
import { test as base, inject } from 'vitest';
import { ScenarioError } from '../../errors.ts';
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
    if (!run?.leash)
      throw new ScenarioError('a scenario needs what globalSetup in vitest.config.ts sets up', {
        next: "run it from the project's root, with its own config: npx vitest run scenarios/…",
      });
    // Before the first machine: from here on this process ends when Vitest's main process does.
    runnerFolder({ leash: run.leash });
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
