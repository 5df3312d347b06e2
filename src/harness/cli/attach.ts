/** `domes attach`: the console of a running machine, for a person. */
import { Command } from 'commander';
import { DEFAULT_DETACH_KEY, detachKey } from './detach-key.ts';
import { exitHelp } from './exit-code.ts';

export function attachCommand(): Command {
  return new Command('attach')
    .description(
      'be at a console of a running machine: keys go to the guest, its transcript is recorded on; what the guest ' +
        'prints reaches your terminal as it is, escape sequences included',
    )
    .argument('[machine]', 'name or id, as `domes ps` shows it; default: the only one')
    .argument('[console]', "one of its consoles, or the name of a guest; default: the system's own")
    .option('--detach-key <key>', 'the key that leaves', detachKey, DEFAULT_DETACH_KEY)
    .addHelpText(
      'after',
      exitHelp([
        'npx domes attach',
        'npx domes attach slim-dom0 shell',
        'npx domes attach slim-dom0 --detach-key ctrl-t',
      ]),
    )
    .action(
      async (machine: string | undefined, console: string | undefined, options: { detachKey: string }) => {
        const { attachConsole } = await import('./attach-console.ts');
        await attachConsole(machine, console, options);
      },
    );
}
