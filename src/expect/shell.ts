/**
 * A shell at a console: commands with their output and exit status. The prompt is domes' own and carries the exit
 * status (`dm-x7f3:0> `), so that its appearance *is* the end of a command. It is set in two quoted parts, so that
 * the echo of setting it can't be taken for it.
 */
import { CommandError, ScenarioError, TypingError } from '../errors.ts';
import type { Console, WaitOptions } from './console.ts';
import type { Pattern } from './pattern/pattern.ts';

export interface RunResult {
  /** What the command printed, line ends as \n, without the last one. */
  readonly output: string;
  readonly exitStatus: number;
  /** From Enter to the next prompt, ms. */
  readonly tookMs: number;
}

export interface ShellOptions extends WaitOptions {
  /** The shell's own prompt, by which its readiness is known. Default: `$`, `#` or `>` and a blank at the end. */
  readonly prompt?: Pattern;
}

const ANY_PROMPT = /[$#>] $/;
/** Columns of the terminal: lines are not wrapped, whatever is typed (a line discipline takes 4095 characters). */
const COLUMNS = 4096;
const LINES_IN_ERRORS = 12;

export class Shell {
  readonly console: Console;
  /** When its first prompt was seen, ms since power-on. */
  readonly readyAtMs: number;
  readonly #prompt: RegExp;

  private constructor(console: Console, prompt: RegExp, readyAtMs: number) {
    this.console = console;
    this.readyAtMs = readyAtMs;
    this.#prompt = prompt;
  }

  /**
   * Takes over the shell that waits at the console: wide terminal, no colours, domes' own prompt.
   * @throws as Console.expect does when no prompt shows up.
   */
  static async open(console: Console, { prompt = ANY_PROMPT, ...wait }: ShellOptions = {}): Promise<Shell> {
    const { atMs } = await console.expect(prompt, wait);
    // TERM=dumb: no bracketed paste, no colours, no OSC at prompts.
    await console.sendLine(`stty cols ${COLUMNS} 2>/dev/null; export TERM=dumb`, wait);
    await console.expect(/\n/, wait);
    await console.sendLine(`PS1='dm''-${console.name}:$?> '`, wait);
    const own = new RegExp(`dm-${console.name}:(\\d+)> `);
    await console.expect(own, wait);
    return new Shell(console, own, atMs);
  }

  /**
   * Runs a command and returns what it printed and its exit status, whatever that is.
   * @throws ScenarioError for a command of several lines; else as Console.expect does.
   */
  async run(command: string, options?: WaitOptions): Promise<RunResult> {
    if (command.includes('\n'))
      throw new ScenarioError(`run() takes one line, got ${JSON.stringify(command)}`, {
        next: 'join the commands with ; or &&, or run them one by one',
      });
    await this.#typeWhole(command, options);
    const { transcript } = this.console;
    const typedEnd = transcript.end;
    const startMs = transcript.now();
    this.console.press('enter');
    // Everything before belongs to earlier commands.
    this.console.skip(typedEnd);
    const seen = await this.console.expect(this.#prompt, options);
    const promptStart = seen.end - Buffer.byteLength(seen.text);
    const printed = transcript.text(typedEnd, promptStart).replace(/\r+\n/g, '\n');
    return {
      // The first line end is the echo of Enter.
      output: printed.replace(/^\n/, '').replace(/\n$/, ''),
      exitStatus: Number(seen.groups[0]),
      tookMs: Math.max(0, seen.atMs - startMs),
    };
  }

  /**
   * Runs a command that must succeed, and returns its output.
   * @throws CommandError when it ends with another status than 0.
   */
  async succeed(command: string, options?: WaitOptions): Promise<string> {
    const { output, exitStatus } = await this.run(command, options);
    if (exitStatus === 0) return output;
    throw new CommandError(
      `command "${command}" ended with exit status ${exitStatus} on console "${this.console.name}"`,
      { exitStatus, output },
      {
        doing: command,
        console: this.console.name,
        lastLines: this.console.transcript.tail(LINES_IN_ERRORS),
      },
    );
  }

  /** Types a command; when a character got lost, kills the line and types it once more. */
  async #typeWhole(command: string, options?: WaitOptions): Promise<void> {
    try {
      await this.console.type(command, options);
    } catch (error) {
      if (!(error instanceof TypingError)) throw error;
      this.console.press('ctrl-u');
      await this.console.retype(command, options);
    }
  }
}
