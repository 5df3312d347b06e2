/** `domes trends`: how long the milestones of scenarios take from run to run, and since when they take longer. */
import { Command, InvalidArgumentError } from 'commander';
import { EXIT, exitHelp } from './exit-code.ts';

/** Runs of a scenario that are looked at. */
const LAST_RUNS = 60;

export function trendsCommand(exitWith: (code: number) => void): Command {
  return new Command('trends')
    .description(
      'plot milestone times across runs, and point at what became slower (exit code 1 if anything did)',
    )
    .argument('[words...]', 'only scenarios whose file and name have all of these words in them')
    .option('--last <runs>', 'look at so many runs of each scenario', wholeNumber, LAST_RUNS)
    .option('--json', 'print the trends as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes trends xen-pv', 'npx domes trends --last 20 --json']))
    .action(async (words: string[], { last, json = false }: { last: number; json?: boolean }) => {
      const { printTrends } = await import('./print-trends.ts');
      exitWith(printTrends(words, { last, json }) ? EXIT.ok : EXIT.trouble);
    });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}
