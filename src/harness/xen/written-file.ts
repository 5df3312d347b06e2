/** Writes a text file in a guest through its shell. */
import type { WaitOptions } from '../../expect/console.ts';
import type { Shell } from '../../expect/shell.ts';
import { quoted } from '../ssh/posix-word.ts';

/** A terminal takes 4095 characters in a line, and a short command is soon typed again. */
const PIECE = 700;

/** Commands that write the lines to the file, each short enough to be typed. */
export function writingCommands(path: string, text: string): string[] {
  const commands: string[] = [];
  let piece = '';
  const flush = () => {
    if (piece === '') return;
    commands.push(`printf '%s\\n'${piece} ${commands.length === 0 ? '>' : '>>'} ${quoted(path)}`);
    piece = '';
  };
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const word = ` ${quoted(line)}`;
    if (piece.length + word.length > PIECE) flush();
    piece += word;
  }
  flush();
  return commands;
}

/** @throws CommandError when the file can't be written; as Shell.run does. */
export async function writeFileIn(
  shell: Shell,
  file: { readonly path: string; readonly text: string },
  wait?: WaitOptions,
): Promise<void> {
  for (const command of writingCommands(file.path, file.text)) await shell.succeed(command, wait);
}
