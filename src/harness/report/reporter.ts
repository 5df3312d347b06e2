/**
 * The one reporter of domes, in Vitest's main process. It makes the folder of each run before the workers start, shows
 * the machines while they run, and writes the reports when it ends; results are for the reporters that were asked for.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Reporter,
  TestCase,
  TestModule,
  TestRunEndReason,
  TestSpecification,
  Vitest,
} from 'vitest/node';
import { collectRun, type EndOfRun } from './collect-run.ts';
import { tellGithub } from './export/github.ts';
import { appendHistory } from './history.ts';
import { type Assets, pageAssets } from './html/assets.ts';
import { isWorthAReport, writeReport } from './html/write-report.ts';
import { junitOf } from './junit.ts';
import { knownFailure, readKnownFailures } from './known-failures.ts';
import { type LiveStyle, LiveView } from './live/live-view.ts';
import { isForProgram, type ReporterEntry } from './live/style.ts';
import { moveHere } from './moved-blobs.ts';
import type { RunRecord, TestRecord } from './run.ts';
import { createRunFolder, pruneRunFolders, REPORTS, type RunFolder, runFolderOf } from './run-folder.ts';
import { spanOfMerged } from './run-span.ts';
import { safeJson } from './safe-json.ts';
import { type Cell, terminalOf, terminalRow } from './terminal-row.ts';
import { timelineLines } from './timeline.ts';
import { writeWholeFile } from './whole-file.ts';

/** How many run folders are kept. */
const KEEP_RUNS = 20;

export class DomesReporter implements Reporter {
  readonly #vitest: Vitest;
  readonly #style: LiveStyle;
  #live: LiveView | undefined;
  #startedAt = new Date();
  #run: RunFolder | undefined;
  /** Of the page; put together while the first tests start, because a run that is cancelled can wait for nothing. */
  #bundling: Promise<unknown> | undefined;
  #assets: Assets | undefined;

  /** Vitest ends at once on SIGINT and SIGTERM, a cancelled CI job say; what is known by then is reported still. */
  readonly #onExit = () => {
    const { state } = this.#vitest;
    this.#report(state.getTestModules(), state.getUnhandledErrors(), 'interrupted');
  };

  constructor(vitest: Vitest, style: LiveStyle) {
    this.#vitest = vitest;
    this.#style = style;
  }

  /** In a merge, before Vitest looks for the files of the shards. */
  onInit({ state, config }: Vitest): void {
    moveHere(state.blobs?.files ?? [], config.root);
  }

  /** Before any worker starts: also in watch mode for each re-run, and in a merge. */
  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#startedAt = new Date();
    try {
      this.#run = provideRun(this.#vitest);
    } catch (error) {
      throw asMessage(error as Error);
    }
    process.once('exit', this.#onExit);
    const place = { root: this.#vitest.config.root, folder: this.#run.folder, style: this.#style };
    this.#live = new LiveView({ ...place, stream: this.#stream }, specifications.length);
    this.#bundling = pageAssets().then(
      (assets) => {
        this.#assets = assets;
      },
      (error: Error) => this.#vitest.logger.error(`domes: no page for the report: ${error.message}`),
    );
  }

  onTestModuleQueued(module: TestModule): void {
    this.#live?.fileBegins(module);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#live?.fileEnds(module);
  }

  onTestCaseResult(test: TestCase): void {
    this.#live?.testEnds(test);
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly unknown[],
    reason: TestRunEndReason,
  ): Promise<void> {
    this.#live?.[Symbol.dispose]();
    await this.#bundling;
    this.#report(modules, unhandled, reason);
  }

  /** Awaits nothing: the process may be at its end. */
  #report(modules: readonly TestModule[], unhandled: readonly unknown[], reason: TestRunEndReason): void {
    process.removeListener('exit', this.#onExit);
    this.#live?.[Symbol.dispose]();
    const { root } = this.#vitest.config;
    try {
      const run = this.#recordOf({ modules, unhandled, reason, root });
      this.#write(root, run);
      this.#print(run, this.#writePage(root, run));
      tellGithub(run, process.env);
    } catch (error) {
      // Throwing here would bury the results of the run under a stack of Vitest's.
      this.#vitest.logger.error(`domes: the report was not written: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }

  #recordOf(end: EndOfRun): RunRecord {
    const { id } = this.#run ?? provideRun(this.#vitest);
    const collected = collectRun(end);
    this.#markKnown(end.root, collected.tests);
    const qemu = collected.tests.flatMap(({ scenario }) => scenario?.machines ?? []);
    const merged = this.#vitest.config.mergeReports !== undefined;
    const own = { startedAt: this.#startedAt.toISOString(), endedAt: new Date().toISOString() };
    return {
      schema: 1,
      id,
      folder: runFolderOf(id),
      ...(merged ? spanOfMerged(collected.tests, own) : own),
      state: collected.troubles.length > 0 && end.reason === 'passed' ? 'failed' : end.reason,
      argv: ['vitest', ...process.argv.slice(2)],
      nightly: process.env.DOMES_NIGHTLY === '1',
      merged,
      versions: {
        domes: domesVersion(),
        node: process.version,
        vitest: this.#vitest.version,
        qemu: [...new Set(qemu.map(({ qemuVersion }) => qemuVersion))],
      },
      ...collected,
    };
  }

  /** A mistake in the list of known failures costs the marks, not the report. */
  #markKnown(root: string, tests: TestRecord[]): void {
    try {
      const list = readKnownFailures(root);
      for (const test of tests) {
        const known = knownFailure(test, list, this.#startedAt);
        if (known) test.known = known;
      }
    } catch (error) {
      this.#vitest.logger.error(`domes: ${(error as Error).message}`);
    }
  }

  #write(root: string, run: RunRecord): void {
    writeWholeFile(join(root, run.folder, 'run.json'), `${safeJson(run, 2)}\n`);
    writeWholeFile(join(root, REPORTS, 'junit.xml'), junitOf(run));
    appendHistory(root, run);
    pruneRunFolders(root, KEEP_RUNS);
  }

  /** The page is there when the rest is: what goes wrong with it must not cost the other reports. */
  #writePage(root: string, run: RunRecord): boolean {
    if (!this.#assets || !isWorthAReport(run)) return false;
    try {
      writeReport(root, run, this.#assets);
      return true;
    } catch (error) {
      this.#vitest.logger.error(`domes: ${REPORTS}/index.html was not written: ${(error as Error).message}`);
      return false;
    }
  }

  /** Where a person reads: stdout, unless that is for a program alone. */
  get #stream(): NodeJS.WriteStream {
    const { config, logger } = this.#vitest;
    const stream = isForProgram(config.reporters as ReporterEntry[])
      ? logger.errorStream
      : logger.outputStream;
    return stream as NodeJS.WriteStream;
  }

  #print(run: RunRecord, hasPage: boolean): void {
    const stream = this.#stream;
    const terminal = terminalOf(stream, process.env);
    const page = hasPage ? `${REPORTS}/index.html · ` : '';
    const where: Cell[] = [
      '      ',
      ['Report', 'dim'],
      `  ${page}${REPORTS}/junit.xml · ${run.folder}/run.json`,
    ];
    const whole = { ...terminal, columns: Number.POSITIVE_INFINITY };
    stream.write(`${[...timelineLines(run, terminal), '', terminalRow(where, whole), ''].join('\n')}\n`);
  }
}

/** Makes the folder of a run and provides it to the workers; what else is provided with it (the leash) stays. */
export function provideRun(vitest: Vitest): RunFolder {
  const run = createRunFolder(vitest.config.root);
  vitest.provide('domesRun', { ...vitest.getProvidedContext().domesRun, ...run });
  return run;
}

/** The error as its message alone: Vitest prints an error of its main process with its stack and all its fields. */
function asMessage({ name, message }: Error): Error {
  return Object.assign(new Error(message), { name, stack: `${name}: ${message}` });
}

function domesVersion(): string {
  const path = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
