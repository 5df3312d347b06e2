/**
 * `reports/index.html` of a run. Everything that it loads is in a new folder beside it; the page is renamed into its
 * place last, so a run that is killed in between leaves the report of before. Works without awaiting anything: the
 * report of a cancelled run is written while the process ends.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ChromeTrace } from '../export/chrome-trace.ts';
import { earlierRuns, historyKey } from '../history.ts';
import type { RunRecord, TestRecord } from '../run.ts';
import { runFile } from '../run-files.ts';
import { REPORTS } from '../run-folder.ts';
import { writeStreamed } from '../streamed-file.ts';
import { writeWholeFile } from '../whole-file.ts';
import { type Assets, writeAssets } from './assets.ts';
import { writeConsole } from './console-files.ts';
import { indexPage } from './index-page.ts';
import { pageCall } from './page-call.ts';
import { type Listed, listedTests, runView } from './run-view.ts';
import { scenarioView } from './scenario-view.ts';
import type { ScenarioView } from './view.ts';

/** Folders of reports that were never finished go after this time. */
const LEFT_OVER_MS = 24 * 60 * 60_000;

/**
 * Whether a run has something to show: neither unit tests alone nor a run that was cancelled before it booted anything
 * may replace the report of the last boot.
 */
export function isWorthAReport({ tests, troubles }: RunRecord): boolean {
  const shows = ({ scenario, state }: TestRecord) =>
    scenario && (scenario.machines.length > 0 || state !== 'skipped');
  return troubles.length > 0 || tests.some(shows);
}

/** Writes the report. @returns the path of the page. @throws the file system's own error. */
export function writeReport(root: string, run: RunRecord, assets: Assets): string {
  const reports = join(root, REPORTS);
  const page = join(reports, 'index.html');
  const name = randomBytes(4).toString('hex');
  const folder = join(reports, 'html', name);
  let before: string | undefined;
  mkdirSync(folder, { recursive: true });
  try {
    writeAssets(folder, assets);
    const wanted = new Set(run.tests.map(({ file, name: test }) => historyKey(file, test)));
    const listed = listedTests(run, earlierRuns(root, wanted));
    writeStreamed(join(root, run.folder, 'trace.json'), (write) => {
      const trace = new ChromeTrace(write);
      for (const one of listed) trace.add(writeScenario(root, run, one, folder), Date.parse(run.startedAt));
      trace.end({ run: run.id, command: run.argv.join(' ') });
    });
    writeWholeFile(join(folder, 'run.js'), pageCall('run', runView(run, listed)));
    // As late as can be: a shard beside this one may have written its page meanwhile.
    before = folderOf(page);
    writeWholeFile(page, indexPage(run, `html/${name}`));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  removeOld(join(reports, 'html'), name, before);
  return page;
}

/** Writes the script of a scenario, and those of its consoles. */
function writeScenario(root: string, run: RunRecord, listed: Listed, folder: string): ScenarioView {
  const { scenario } = listed.test;
  const fileOf = (file: string) => scenario && runFile(root, run, scenario, file);
  return writeStreamed(join(folder, `${listed.key}.js`), (addToScript) => {
    const files = (scenario?.machines ?? []).map((machine, index) => ({
      consoles: machine.consoles.map((console, at) => {
        const key = `${listed.key}m${index}c${at}`;
        return writeConsole(machine, console, { log: fileOf(console.log), key, folder, addToScript });
      }),
      screenshots: (machine.screenshots ?? []).flatMap(({ file, atMs, name = '' }) => {
        const picture = fileOf(file);
        return picture?.there ? [{ href: picture.href, atMs, name }] : [];
      }),
      guestLogs: (machine.guestLogs ?? []).flatMap(({ file, name, bytes }) => {
        const log = fileOf(file);
        return log?.there ? [{ href: log.href, name, bytes }] : [];
      }),
    }));
    const view = scenarioView(listed, files);
    addToScript(pageCall('scenario', listed.key, view));
    return view;
  });
}

/** The name of the data's folder that a page refers to. */
function folderOf(page: string): string | undefined {
  try {
    return readFileSync(page, 'utf8').match(/data-folder="html\/([0-9a-f]{8})"/)?.[1];
  } catch {
    return undefined;
  }
}

/** Removes the data of the report before, and what killed runs have left. Another run may be writing its own just now. */
function removeOld(html: string, own: string, before: string | undefined): void {
  for (const name of readdirSync(html)) {
    if (name === own || !/^[0-9a-f]{8}$/.test(name)) continue;
    const path = join(html, name);
    if (name === before || Date.now() - statSync(path).mtimeMs > LEFT_OVER_MS)
      rmSync(path, { recursive: true, force: true });
  }
}
