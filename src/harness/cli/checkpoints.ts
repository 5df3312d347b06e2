/** `domes checkpoints …`: the machine states that scenarios have stored. */
import { Command } from 'commander';
import { exitHelp } from './exit-code.ts';

/** The actions are loaded when they are needed: `--help` must not wait for them. */
export function checkpointsCommand(): Command {
  const command = new Command('checkpoints').description(
    'list, show and prune the machine states that scenarios have stored',
  );
  command.addHelpText(
    'after',
    exitHelp(['npx domes checkpoints list', 'npx domes checkpoints prune --older-than 7d']),
  );

  command
    .command('list')
    .description(
      'show every stored checkpoint below the one that it starts from, and whether it is still good',
    )
    .option('--json', 'print them as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes checkpoints list --json']))
    .action(async ({ json = false }: { json?: boolean }) => {
      const { listCheckpoints } = await import('./list-checkpoints.ts');
      await listCheckpoints({ json });
    });

  command
    .command('show')
    .description('show what a checkpoint depends on, where it is stored, and why it would be stale')
    .argument('<name>', 'name of a checkpoint, or the beginning of its key')
    .option('--json', 'print it as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes checkpoints show installed-xen']))
    .action(async (name: string, { json = false }: { json?: boolean }) => {
      const { showCheckpoints } = await import('./show-checkpoints.ts');
      await showCheckpoints(name, { json });
    });

  command
    .command('prune')
    .description(
      'remove checkpoints that no run would restore, and those over the size limit; or those named',
    )
    .argument('[name...]', 'names of checkpoints, or beginnings of their keys')
    .option('--older-than <age>', 'also those that were not used for so long: 12h, 7d, 4w')
    .option('--all', 'all of them')
    .option('--compress', 'also compress those that stay')
    .option('--dry-run', 'only say what would be removed')
    .option('--json', 'print what was removed as JSON, for programs')
    .addHelpText(
      'after',
      exitHelp([
        'npx domes checkpoints prune --dry-run',
        'npx domes checkpoints prune --older-than 7d --compress',
        'npx domes checkpoints prune installed-xen',
      ]),
    )
    .action(async (names: string[], options: PruneOptions) => {
      const { pruneStored } = await import('./prune-checkpoints.ts');
      await pruneStored(names, options);
    });
  return command;
}

export interface PruneOptions {
  readonly olderThan?: string;
  readonly all?: boolean;
  readonly compress?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}
