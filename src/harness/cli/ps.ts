/** `domes ps`, `domes kill` and `domes resume`: the machines that run now. */
import { Command } from 'commander';
import { exitHelp } from './exit-code.ts';

export function psCommand(): Command {
  return new Command('ps')
    .description('list the machines that run now: of every scenario and every `domes boot` of yours')
    .option('--json', 'print them as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes ps', 'npx domes ps --json']))
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listMachines } = await import('./list-machines.ts');
      listMachines({ json });
    });
}

export function killCommand(): Command {
  return new Command('kill')
    .description('end running machines; the scenario of each fails, as its machine is gone')
    .argument('[machine...]', 'names or ids, as `domes ps` shows them')
    .option('--all', 'all of yours')
    .option('--json', 'print those that were ended as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes kill slim-dom0', 'npx domes kill --all']))
    .action(async (machines: string[], options: { all?: boolean; json?: boolean }) => {
      const { killMachines } = await import('./kill-machines.ts');
      await killMachines(machines, options);
    });
}

export function resumeCommand(): Command {
  return new Command('resume')
    .description('end the pause of a machine: its scenario goes on (machine.pause(), DOMES_PAUSE=on-failure)')
    .argument('[machine]', 'name or id, as `domes ps` shows it; default: the only one that is paused')
    .addHelpText('after', exitHelp(['npx domes resume', 'npx domes resume slim-dom0']))
    .action(async (machine: string | undefined) => {
      const { resumeMachine } = await import('./kill-machines.ts');
      resumeMachine(machine);
    });
}
