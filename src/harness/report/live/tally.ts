/** How far a run of Vitest is: files and tests. */
import type { TestCase, TestModule } from 'vitest/node';

export interface Tally {
  readonly startedAt: number;
  readonly files: { readonly done: number; readonly total: number };
  readonly tests: { readonly passed: number; readonly failed: number };
  /** A file that runs, where no machine says more. */
  readonly running: string | undefined;
}

export class RunTally {
  readonly #startedAt = Date.now();
  readonly #total: number;
  readonly #running = new Map<string, string>();
  #done = 0;
  #passed = 0;
  #failed = 0;

  /** @param total of test files. */
  constructor(total: number) {
    this.#total = total;
  }

  fileBegins({ id, relativeModuleId }: TestModule): void {
    this.#running.set(id, relativeModuleId);
  }

  fileEnds({ id }: TestModule): void {
    this.#running.delete(id);
    this.#done++;
  }

  testEnds(test: TestCase): void {
    const { state } = test.result();
    if (state === 'passed') this.#passed++;
    if (state === 'failed') this.#failed++;
  }

  get now(): Tally {
    return {
      startedAt: this.#startedAt,
      files: { done: this.#done, total: this.#total },
      tests: { passed: this.#passed, failed: this.#failed },
      running: [...this.#running.values()].at(0),
    };
  }
}
