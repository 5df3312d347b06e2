/** `domes report`: the HTML report of a run, written anew. */
import { Command } from 'commander';
import { exitHelp } from './exit-code.ts';

export function reportCommand(): Command {
  return new Command('report')
    .description(
      'write reports/index.html of the latest run that booted something, or of another one, and say where',
    )
    .argument('[run]', 'a folder of reports/runs, or the end of its name')
    .option('--open', "open it in the desktop's browser")
    .option('--json', 'print the path as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes report', 'npx domes report 2026-01-31T07-00-00Z-4f2a --open']))
    .action(async (id: string | undefined, options: { open?: boolean; json?: boolean }) => {
      const { rewriteReport } = await import('./rewrite-report.ts');
      await rewriteReport(id, options);
    });
}
