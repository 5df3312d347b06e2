/** One command of a shell: how it is typed, and what of the console's text is its output. */
import { ScenarioError, TypingError } from '../errors.ts';
import type { Console, WaitOptions } from './console.ts';

/** A longer output does not belong in a string: it is in the transcript, or better in a file of the guest. */
const MAX_OUTPUT_BYTES = 1 << 26;

/** Types a command; when a character got lost, kills the line and types it once more. */
export async function typeWhole(console: Console, command: string, options?: WaitOptions): Promise<void> {
  try {
    await console.type(command, options);
  } catch (error) {
    // Where nothing at all is echoed, nobody would take it the second time either.
    if (!(error instanceof TypingError) || error.echo === '') throw error;
    console.press('ctrl-u');
    await console.untilQuiet(options);
    await console.retype(command, options);
  }
}

/**
 * What a command printed: the text from its Enter to the next prompt.
 * @throws ScenarioError for more than 64 MiB.
 */
export function outputOf(
  { name, transcript }: Console,
  command: string,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  if (to - from > MAX_OUTPUT_BYTES)
    throw new ScenarioError(`command "${command}" printed ${to - from} bytes, too many for run() to return`, {
      console: name,
      next: 'send its output to a file in the guest; all that was printed is in the transcript',
    });
  // The first line end is the echo of Enter, and some shells return the carriage once more behind it.
  return transcript
    .text(from, to)
    .replace(/\r+\n/g, '\n')
    .replace(/^\n\r*/, '')
    .replace(/\n$/, '');
}
