/** `domes doctor`: what this host has and lacks, and the one command that mends it. */
import { Command } from 'commander';
import type { Check } from '../host/examination.ts';
import { EXIT, exitHelp } from './exit-code.ts';
import { alignedRows } from './rows.ts';

export function doctorCommand(exitWith: (code: number) => void): Command {
  return new Command('doctor')
    .description(
      'examine this host: programs, QEMU, a usable accelerator (by trying it), memory, disk, images; and those of DOMES_HOST',
    )
    .option('--json', 'print the checks as JSON, for programs')
    .addHelpText('after', exitHelp(['npx domes doctor', 'npx domes doctor --json | jq .mend']))
    .action(async ({ json = false }: { json?: boolean }) => {
      const { examine } = await import('./examine.ts');
      const checks = await examine();
      const troubles = checks.filter(({ state }) => state === 'trouble');
      const mend = mendingLine(troubles);
      process.stdout.write(
        json
          ? `${JSON.stringify({ ok: troubles.length === 0, checks, ...(mend && { mend }) }, undefined, 2)}\n`
          : render(checks, troubles.length, mend),
      );
      exitWith(troubles.length === 0 ? EXIT.ok : EXIT.trouble);
    });
}

/** All commands that mend something, in order and each once, as one line. */
function mendingLine(troubles: readonly Check[]): string | undefined {
  const commands = [...new Set(troubles.flatMap(({ mend }) => mend ?? []))];
  return commands.length > 0 ? commands.join(' && ') : undefined;
}

const MARK = { fine: '✓', note: '·', trouble: '✗' } as const;

function render(checks: readonly Check[], troubles: number, mend: string | undefined): string {
  const table = alignedRows(checks.map(({ state, name, found }) => [MARK[state], name, found]));
  if (troubles === 0) return `${table}\nThis host is ready.\n`;
  const count = troubles === 1 ? 'One thing is' : `${troubles} things are`;
  return `${table}\n${count} to be mended${mend ? `; run:\n\n  ${mend}\n` : '.'}\n`;
}
