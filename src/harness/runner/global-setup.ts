/** Runs once in Vitest's main process, before the first worker starts; what it returns runs after the last. */
import type { TestProject } from 'vitest/node';
import { type Failure, failureOf } from '../../errors.ts';
import { provideRun } from '../report/reporter.ts';
import { removeEmptyRunFolder } from '../report/run-folder.ts';
import { type Leash, startLeash } from './leash.ts';

export default function setup(project: TestProject): () => void {
  // The reporter has made the run's folder already, except where it is told of no run (`vitest list`).
  const run = project.getProvidedContext().domesRun ?? provideRun(project.vitest);
  const leash = leashOrWhyNot();
  project.provide('domesRun', { ...run, ...('path' in leash ? { leash: leash.path } : { noLeash: leash }) });
  return () => {
    if ('path' in leash) leash[Symbol.dispose]();
    removeEmptyRunFolder(run);
  };
}

/** A failure here would end the whole run, unit tests and all, in a heap of stacks: the scenarios tell it instead. */
function leashOrWhyNot(): Leash | Failure {
  try {
    return startLeash();
  } catch (error) {
    const failure = failureOf(error);
    if (failure) return failure;
    throw error;
  }
}
