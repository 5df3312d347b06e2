/** What the `domes` command exits with. */

export const EXIT = {
  ok: 0,
  /** Something was found wrong, or could not be done. */
  trouble: 1,
  /** The command line, the manifest or a recipe is wrong. */
  usage: 2,
  /** Ctrl-C or SIGTERM: 128 + SIGINT, as shells say it. */
  cancelled: 130,
} as const;

const USUAL_CODES = '0 all is well, 1 trouble was found, 2 wrong command line or manifest, 130 cancelled';

/** The end of a command's `--help`: examples, and the exit codes. */
export function exitHelp(examples: readonly string[], codes: string = USUAL_CODES): string {
  const lines = examples.map((example) => `  ${example}`).join('\n');
  return `
${examples.length > 1 ? 'Examples' : 'Example'}:
${lines}

Exit codes: ${codes}`;
}
