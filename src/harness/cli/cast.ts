/** `domes cast`: a console's recording for players that know asciicast version 2 alone. */
import { Command } from 'commander';
import { exitHelp } from './exit-code.ts';

export function castCommand(): Command {
  return new Command('cast')
    .description(
      "print a console's .cast as asciicast version 2, for players that do not know version 3: the asciinema of Debian 12 and 13",
    )
    .argument('<file>', 'a console of a run: reports/runs/…/console.cast')
    .addHelpText(
      'after',
      exitHelp([
        'npx domes cast reports/runs/…/console.cast | asciinema play -',
        'npx domes cast reports/runs/…/console.cast > console-v2.cast',
      ]),
    )
    .action(async (file: string) => {
      const { printVersion2 } = await import('./print-cast.ts');
      await printVersion2(file);
    });
}
