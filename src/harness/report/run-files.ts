/**
 * Where the files of a scenario are. A merged report is put together from the records of other runs: their folders may
 * be here, or may not. A record may come from another machine, so its paths are not trusted.
 */
import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { ScenarioRecord } from './record.ts';
import type { RunRecord } from './run.ts';
import { REPORTS } from './run-folder.ts';

export interface RunFile {
  /** Full path. */
  readonly path: string;
  /** Relative to `reports/`, with slashes. */
  readonly href: string;
  readonly there: boolean;
}

/**
 * A file of a scenario; undefined for a path that leads out of the run's folder.
 * @param file relative to the run's folder, as the record has it.
 */
export function runFile(
  root: string,
  run: RunRecord,
  scenario: ScenarioRecord,
  file: string,
): RunFile | undefined {
  const id = scenario.folder.match(/(?:^|\/)runs\/([^/]+)/)?.[1] ?? run.id;
  const inside = normalize(file);
  if (inside.startsWith('..') || inside.startsWith('/') || id.startsWith('.')) return undefined;
  const path = join(root, REPORTS, 'runs', id, inside);
  return { path, href: `runs/${id}/${inside}`, there: existsSync(path) };
}
