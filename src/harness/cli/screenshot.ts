/** `domes screenshot`: a picture of the screen of a machine that runs, or is kept. */
import { Command } from 'commander';
import { exitHelp } from './exit-code.ts';

export function screenshotCommand(): Command {
  return new Command('screenshot')
    .description(
      "take a picture of the screen of a running machine that has one (machine: { display: 'vga' }), and say where it is; " +
        'the report shows it too',
    )
    .argument('[machine]', 'name or id, as `domes ps` shows it; default: the only one with a screen')
    .option('--json', 'print the path as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes screenshot', 'npx domes screenshot slim-dom0 --json']))
    .action(async (machine: string | undefined, options: { json?: boolean }) => {
      const { takeScreenshot } = await import('./take-screenshot.ts');
      await takeScreenshot(machine, options);
    });
}
