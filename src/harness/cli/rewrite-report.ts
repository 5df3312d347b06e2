/** The work of `domes report`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';
import { orNearest } from '../image/nearest-name.ts';
import { pageAssets } from '../report/html/assets.ts';
import { isWorthAReport, writeReport } from '../report/html/write-report.ts';
import { RunRecord } from '../report/run.ts';
import { REPORTS } from '../report/run-folder.ts';

/** @throws ScenarioError when there is no such run, or its record is damaged. */
export async function rewriteReport(
  id: string | undefined,
  options: { open?: boolean; json?: boolean },
): Promise<void> {
  const root = process.cwd();
  const run = id === undefined ? latestRun(root) : readRun(root, runNamed(root, id));
  const page = writeReport(root, run, await pageAssets());
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ run: run.id, page })}\n`
      : `${relative(root, page)}  (run ${run.id})\n`,
  );
  if (options.open) await open(page);
}

/** Newest first. */
function runsOf(root: string): string[] {
  try {
    return readdirSync(join(root, REPORTS, 'runs'))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

function latestRun(root: string): RunRecord {
  for (const id of runsOf(root)) {
    const run = recordOf(root, id);
    if (run?.success && isWorthAReport(run.data)) return run.data;
  }
  throw new ScenarioError(`no run in ${join(REPORTS, 'runs')} has booted anything`, {
    next: 'run a scenario: npx vitest run scenarios/xen-pv.test.ts',
  });
}

function runNamed(root: string, id: string): string {
  const runs = runsOf(root);
  const name = id.replace(/\/+$/, '').replace(/^.*\//, '');
  const found = runs.find((one) => one === name) ?? runs.find((one) => one.endsWith(name));
  if (found) return found;
  throw new ScenarioError(
    `there is no run "${id}" in ${join(REPORTS, 'runs')}${orNearest(name, runs.slice(0, 5))}`,
  );
}

function readRun(root: string, id: string): RunRecord {
  const run = recordOf(root, id);
  if (run?.success) return run.data;
  const file = join(REPORTS, 'runs', id, 'run.json');
  throw new ScenarioError(
    run
      ? `${file} does not fit its schema:\n${z.prettifyError(run.error)}`
      : `${file} is not there, or no JSON: the run did not end`,
  );
}

/** Undefined when the file is absent or no JSON. */
function recordOf(root: string, id: string): ReturnType<typeof RunRecord.safeParse> | undefined {
  try {
    return RunRecord.safeParse(JSON.parse(readFileSync(join(root, REPORTS, 'runs', id, 'run.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

/** @throws ScenarioError where there is no desktop to open it in. */
async function open(page: string): Promise<void> {
  const [program, ...args] = process.platform === 'darwin' ? ['open', page] : ['xdg-open', page];
  const { failed, shortMessage } = await execa(program as string, args, { reject: false, stdio: 'ignore' });
  if (failed)
    throw new ScenarioError(`the page can't be opened: ${shortMessage}`, { next: `open ${page} yourself` });
}
