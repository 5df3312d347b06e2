/** Installs the reporter and shortens the stacks. In `vitest.config.ts`: `plugins: [domesReport()]` in each project. */
import type { Plugin } from 'vitest/config';
import { liveStyle, type ReporterEntry, withoutSummaries } from './live/style.ts';
import { DomesReporter } from './reporter.ts';
import { scenarioFrames } from './stack-frame.ts';

/** Kept on the Vitest instance, because each project may load its own copy of this module. */
const INSTALLED = Symbol.for('domes.reporter');

/**
 * A plugin, and not an entry of `reporters`: that list is replaced as a whole by `--reporter` on the command
 * line. Vitest calls this hook once for each project, after the command line was read and before the reporters
 * are made (`Vitest._setServer`, 4.1), so the reporter is added once to whatever was asked for.
 */
export function domesReport(): Plugin {
  return {
    name: 'domes:report',
    configureVitest({ vitest, project }) {
      // Stacks of test errors are filtered by the project's own option, which its type leaves out (4.1).
      const stacks: { onStackTrace?: typeof vitest.config.onStackTrace } = project.config;
      stacks.onStackTrace ??= scenarioFrames(vitest.config.root);
      const reporters = vitest.config.reporters as ReporterEntry[];
      if (reporters.some((reporter) => INSTALLED in reporter)) return;
      const { outputStream } = vitest.logger;
      const style = liveStyle(reporters, { stream: outputStream as NodeJS.WriteStream, env: process.env });
      if (style === 'block') withoutSummaries(reporters);
      reporters.push(Object.assign(new DomesReporter(vitest, style), { [INSTALLED]: true }));
    },
  };
}
