/** Runs once in Vitest's main process, before the first worker starts; what it returns runs after the last. */
import type { TestProject } from 'vitest/node';
import { provideRun } from '../report/reporter.ts';
import { removeEmptyRunFolder } from '../report/run-folder.ts';
import { startLeash } from './leash.ts';

export default function setup(project: TestProject): () => void {
  // The reporter has made the run's folder already, except where it is told of no run (`vitest list`).
  const run = project.getProvidedContext().domesRun ?? provideRun(project.vitest);
  const leash = startLeash();
  project.provide('domesRun', { ...run, leash: leash.path });
  return () => {
    leash[Symbol.dispose]();
    removeEmptyRunFolder(run);
  };
}
