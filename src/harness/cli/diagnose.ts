/** `domes diagnose …`: which known failures a console log shows, the root cause first. */
import { Command } from 'commander';
import { EXIT } from './exit-code.ts';

const EXAMPLES = `
Examples:
  npx domes diagnose console.log
  xl dmesg | npx domes diagnose -
  npx domes diagnose reports/runs/*/*/*/*.txt --json
  npx domes diagnose --list

Exit codes: 0 all is well: nothing hard or fatal found, 1 something was, 2 wrong command line or unusable file, 130 cancelled`;

export function diagnoseCommand(exitWith: (code: number) => void): Command {
  return new Command('diagnose')
    .description('read console logs and say which known failures they show, the root cause first')
    .argument('[file...]', 'console logs; - or nothing is standard input')
    .option('--json', 'print { "findings": […] }, for programs')
    .option('--list', 'print every failure class that domes knows instead')
    .option('--markdown', 'with --list: print them as docs/failure-classes.md')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: { json?: boolean; list?: boolean; markdown?: boolean }) => {
      if (options.list) {
        const { listClasses } = await import('./diagnose-list.ts');
        listClasses(options);
        return;
      }
      const { diagnoseFiles } = await import('./diagnose-files.ts');
      const worst = await diagnoseFiles(files.length > 0 ? files : ['-'], options);
      exitWith(worst === 'clean' ? EXIT.ok : EXIT.trouble);
    });
}
