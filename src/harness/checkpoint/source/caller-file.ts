/** Which scenario file is calling: its text is what a step's fingerprint is taken of. */
import { existsSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScenarioError } from '../../../errors.ts';

const HARNESS = join(import.meta.dirname, '..', '..', '..') + sep;

/**
 * The absolute path of the file whose code called into domes, from the stack as it is now: to be called before
 * any `await`. Frames of domes, of packages and of Node don't count.
 * @throws ScenarioError when there is none.
 */
export function callerFile(): string {
  const file = fileNames().map(pathOf).find(isScenario);
  if (file === undefined)
    throw new ScenarioError('checkpoint() was called by no file of the project: call it in a scenario file');
  return file;
}

/**
 * The path of a frame: file URLs and the queries that Vite adds (`?v=…`, `?t=…`) are undone.
 * @returns `undefined` for what isn't a file: Node's own modules, code without a file.
 */
export function pathOf(frame: string): string | undefined {
  const path = frame.startsWith('file://')
    ? fileURLToPath(frame.replace(/[?#].*$/, ''))
    : frame.replace(/^\/@fs\//, '/');
  if (!isAbsolute(path)) return undefined;
  return existsSync(path) ? path : path.replace(/\?.*$/, '');
}

function isScenario(file: string | undefined): file is string {
  if (file === undefined || file.includes(`${sep}node_modules${sep}`)) return false;
  return !file.startsWith(HARNESS) || /\.test\.[cm]?[jt]s$/.test(file);
}

/** The file of every frame, innermost first; asked of V8 itself, as the runner rewrites the text of stacks. */
function fileNames(): string[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 100;
    Error.prepareStackTrace = (_, frames) => frames.map((frame) => frame.getFileName() ?? '');
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, callerFile);
    return holder.stack as string[];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
