/** Which frames of a failure's stack are worth a line on the terminal: the scenario's, not the harness's. */
import { join, sep } from 'node:path';
import { failureOf } from '../../errors.ts';

/**
 * Makes Vitest's `onStackTrace`: of the errors that domes throws on purpose, the frames below `root/src` are
 * left out, so that the frame shown is the line of the scenario that waited. A defect of the harness (any
 * other error) keeps its whole stack, and so does a failure that no line outside of the harness led to.
 */
export function scenarioFrames(root: string): (error: unknown, frame: { file: string }) => boolean {
  const harness = join(root, 'src') + sep;
  const isHarness = (file: string) => file.startsWith(harness) && !/\.test\.[cm]?ts$/.test(file);
  return (error, frame) => {
    if (!failureOf(error) || !isHarness(frame.file)) return true;
    const { stack } = error as { stack?: unknown };
    return !filesOf(typeof stack === 'string' ? stack : '').some(
      (file) => file.startsWith(root + sep) && !file.includes('/node_modules/') && !isHarness(file),
    );
  };
}

/** The files of a V8 stack: `at name (file:line:column)` or `at file:line:column`, with or without `file://`. */
function filesOf(stack: string): string[] {
  return [...stack.matchAll(/^\s+at .*?(?:file:\/\/)?(\/[^():]+):\d+:\d+\)?$/gm)].map(
    ([, file]) => file ?? '',
  );
}
