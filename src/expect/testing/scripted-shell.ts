/** A POSIX shell in a few lines: takes domes' prompt, and answers commands as the test says. */
import type { ScriptedGuest } from './scripted-guest.ts';
import { echoing, type TerminalFaults } from './scripted-terminal.ts';

export interface Answer {
  readonly output?: string;
  readonly exitStatus?: number;
  /** The command leaves something open: the shell asks for more. */
  readonly isOpen?: boolean;
  /** The command does not end. */
  readonly hangs?: boolean;
}

export interface ScriptedShellOptions {
  readonly firstPrompt?: string;
  readonly faults?: TerminalFaults;
  /** Changes each prompt on its way: a kernel message cuts into it, say. */
  readonly printed?: (prompt: string) => string;
}

export function scriptedShell(
  guest: ScriptedGuest,
  answer: (command: string) => Answer,
  { firstPrompt = '/ # ', faults = {}, printed = (prompt) => prompt }: ScriptedShellOptions = {},
): { readonly commands: readonly string[] } {
  const terminal = echoing(guest, faults);
  const echo = guest.onInput;
  const commands: string[] = [];
  let prompts: { first: string; second: string } | undefined;
  let count = 0;

  const prompt = (exitStatus: number, isOpen = false) => {
    if (!prompts) return guest.print(firstPrompt);
    const form = isOpen ? prompts.second : prompts.first;
    guest.print(printed(form.replace('$((dm=dm+1))', String(++count)).replace('$?', String(exitStatus))));
  };
  const execute = (line: string) => {
    const [, first, second] = /PS1='([^']*)' PS2='([^']*)'/.exec(line) ?? [];
    if (first !== undefined && second !== undefined) {
      prompts = { first, second };
      return prompt(0);
    }
    if (!prompts) return prompt(0);
    commands.push(line);
    const { output = '', exitStatus = 0, isOpen = false, hangs = false } = answer(line);
    guest.print(output);
    if (!hangs) prompt(exitStatus, isOpen);
  };
  guest.onInput = (text) => {
    if (text === '\x03') {
      guest.print('^C\r\n');
      return prompt(130);
    }
    const line = terminal.line;
    echo(text);
    if (text === '\r') execute(line);
  };
  guest.print(firstPrompt);
  return { commands };
}
