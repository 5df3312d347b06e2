/** `domes replay`: a recorded run once more, compared with its recording to the byte. */
import { Command } from 'commander';
import { exitHelp } from './exit-code.ts';

/** The debugger's address that QEMU uses itself. */
const GDB_PORT = '1234';

export interface ReplayCommandOptions {
  readonly until?: string;
  readonly from?: string;
  readonly save?: boolean;
  readonly gdb?: string | true;
  readonly json?: boolean;
}

export function replayCommand(exitWith: (code: number) => void): Command {
  return new Command('replay')
    .description('replay a capsule: boot it again without anyone typing, and compare every byte')
    .argument('<capsule>', 'the folder with capsule.json: reports/runs/…/capsule')
    .option('--until <place>', 'stop with the machine paused: at a milestone, by its name, or at "failure"')
    .option('--save', 'keep the place of --until beside the capsule, for --from')
    .option('--from <place>', 'begin at a place that was saved, instead of at power-on')
    .option('--gdb [port]', `wait before the first instruction for a debugger (default port: ${GDB_PORT})`)
    .option('--json', 'print the result as JSON, for programs')
    .addHelpText(
      'after',
      exitHelp(
        [
          'npx domes replay reports/runs/…/capsule',
          'npx domes replay capsule --until failure',
          'npx domes replay capsule --until failure --gdb 1234',
          'npx domes replay capsule --until kernel --save; npx domes replay capsule --from kernel',
        ],
        '0 identical, 1 different, 2 the capsule can not be replayed here, 130 cancelled',
      ),
    )
    .action(async (folder: string, options: ReplayCommandOptions) => {
      const { replayFolder } = await import('./replay-folder.ts');
      const gdb = options.gdb === true ? GDB_PORT : options.gdb;
      exitWith(await replayFolder(folder, { ...options, ...(gdb && { gdb }) }));
    });
}
