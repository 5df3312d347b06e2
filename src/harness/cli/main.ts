/** The `domes` command: which commands there are, what they exit with, and how errors are shown. */
import { Command, CommanderError } from 'commander';
import { AbortError, DomesError, ScenarioError } from '../../errors.ts';
import { attachCommand } from './attach.ts';
import { bootCommand } from './boot.ts';
import { castCommand } from './cast.ts';
import { checkpointsCommand } from './checkpoints.ts';
import { diagnoseCommand } from './diagnose.ts';
import { doctorCommand } from './doctor.ts';
import { EXIT, exitHelp } from './exit-code.ts';
import { imagesCommand } from './images.ts';
import { killCommand, psCommand, resumeCommand } from './ps.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { screenshotCommand } from './screenshot.ts';
import { trendsCommand } from './trends.ts';

/**
 * Runs a command line.
 * @param argv as in process.argv: the program and its script come first.
 * @returns the exit code.
 */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Command('domes')
    .description('Boots whole machines in QEMU, scripts their consoles, and says why a boot failed.')
    .addHelpText('after', exitHelp(['npx domes doctor', 'npx domes images build slim-dom0']))
    .addCommand(diagnoseCommand((own) => (code = own)))
    .addCommand(doctorCommand((own) => (code = own)))
    .addCommand(imagesCommand((own) => (code = own)))
    .addCommand(checkpointsCommand())
    .addCommand(bootCommand())
    .addCommand(psCommand())
    .addCommand(attachCommand())
    .addCommand(screenshotCommand())
    .addCommand(resumeCommand())
    .addCommand(killCommand())
    .addCommand(replayCommand((own) => (code = own)))
    .addCommand(reportCommand())
    .addCommand(castCommand())
    .addCommand(trendsCommand((own) => (code = own)));
  exitByException(program);
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    return report(error);
  }
}

/** Commander would end the process itself, and with 1 for a wrong option. */
function exitByException(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) exitByException(child);
}

function report(error: unknown): number {
  // Commander has printed its message, and the nearest right name with it.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof DomesError) {
    process.stderr.write(`domes: ${error.withoutBlame}\n`);
    if (error instanceof AbortError) return EXIT.cancelled;
    return error instanceof ScenarioError ? EXIT.usage : EXIT.trouble;
  }
  // A mistake of ours: whoever mends it needs the stack.
  process.stderr.write(
    `domes: this is a bug in domes\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return EXIT.trouble;
}
