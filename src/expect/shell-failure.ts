/** What probably became of a shell or its command when the prompt did not come: guessed from what it printed. */
import { ExpectTimeoutError } from '../errors.ts';
import type { Console } from './console.ts';

/** Another shell's prompt, or a login's. */
const OTHER_PROMPT = /(?:[$#>%]|\b(?:login|[Pp]assword):) $/;

/**
 * @param from offset in the console's text at which the command's output began
 * @param command `undefined` while the shell is being opened
 */
export function stillRunning(
  error: ExpectTimeoutError,
  console: Console,
  from: number,
  command = '',
): ExpectTimeoutError {
  const { transcript } = console;
  const printed = transcript.text(Math.max(from, transcript.end - 1024));
  const lastLine = printed.split(/[\r\n]/).at(-1) ?? '';
  return new ExpectTimeoutError(
    `command ${JSON.stringify(command)} did not end on console "${console.name}" (${waited(error)})`,
    error.timeoutMs,
    {
      ...error.facts,
      doing: command,
      probably: OTHER_PROMPT.test(lastLine)
        ? `the command ended the shell or opened another one: ${JSON.stringify(lastLine.trim())} waits for input now`
        : printed.trim() === ''
          ? 'it is still at work and has printed nothing, or it waits for input'
          : 'it is still at work, or it waits for input',
      next: "give it more time with { timeout }, or end it with console.press('ctrl-c')",
    },
  );
}

export function noPosixShell(error: ExpectTimeoutError, console: string): ExpectTimeoutError {
  return new ExpectTimeoutError(
    `no shell took domes' prompt on console "${console}" (${waited(error)})`,
    error.timeoutMs,
    {
      ...error.facts,
      probably:
        'what looked like a prompt belongs to something else than a POSIX shell (sh, bash, dash, ash)',
      next: 'name the prompt to wait for with { prompt }, or change to a POSIX shell first: exec sh',
    },
  );
}

function waited({ timeoutMs }: ExpectTimeoutError): string {
  return `waited ${(timeoutMs / 1000).toFixed(timeoutMs < 10_000 ? 1 : 0)} s`;
}
