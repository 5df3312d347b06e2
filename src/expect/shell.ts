/**
 * A shell at a console: commands with their output and exit status. The prompt is domes' own, see prompt.ts. A shell
 * is best given a port of its own: on a shared one, kernel messages get into the output of commands.
 */
import { CommandError, ExpectTimeoutError, ScenarioError } from '../errors.ts';
import { type Console, DEFAULT_TIMEOUT_MS, type WaitOptions } from './console.ts';
import { KERNEL_LINE, withoutKernelLines } from './kernel-line.ts';
import { type Pattern, phrased } from './pattern/pattern.ts';
import { Prompt } from './prompt.ts';
import { outputOf, typeWhole } from './shell-command.ts';
import { noPosixShell, stillRunning } from './shell-failure.ts';

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

export interface RunOptions extends WaitOptions {
  /**
   * Questions that the command may ask, and the line to answer with, as often as each is asked:
   * `{ 'Is this ok [y/N]: ': 'y' }`.
   */
  readonly answers?: Readonly<Record<string, string>>;
}

interface Ended {
  /** Offset in the console's text at which the prompt begins. */
  readonly at: number;
  readonly atMs: number;
  /** `undefined` when the shell wants the command to go on. */
  readonly exitStatus: number | undefined;
}

/** What a shell knows of the one in the guest; by this it is taken up again in a guest that was saved and restored. */
export interface ShellMemory {
  /** The number of the last prompt. */
  readonly count: number;
  /** When its first prompt was seen, ms since power-on. */
  readonly readyAtMs: number;
  /** Whether a command was given up on, and its prompt is still to come. */
  readonly owesPrompt: boolean;
}

/** A prompt at the end of the text, or with nothing but kernel lines behind it. */
const ANY_PROMPT = phrased(new RegExp(`[$#>] (?:${KERNEL_LINE.source}){0,8}$`), 'a shell prompt ($, # or >)');
/** Columns of the terminal: lines are not wrapped, whatever is typed (a line discipline takes 4095 characters). */
const COLUMNS = 4096;
/** bash takes no notice of a terminal's size when it has no rows, as a hypervisor console has none. */
const ROWS = 24;
const LINES_IN_ERRORS = 12;
/** Names the prompt among the questions: none is empty. */
const PROMPT = '';
/** An interrupt is answered at once, or was dropped. */
const INTERRUPT_MS = 1_000;
const MOST_INTERRUPTS = 5;

export class Shell {
  readonly console: Console;
  /** When its first prompt was seen, ms since power-on. */
  readonly readyAtMs: number;
  readonly #prompt: Prompt;
  /** The number of the last prompt. */
  #count = 0;
  /** The command that is under way. */
  #running: string | undefined;
  /** Whether a command was given up on, and its prompt is still to come. */
  #owesPrompt = false;
  /** A command that the next one is preceded by: the guest may not stand where it was left. */
  #first: (() => string) | undefined;

  private constructor(console: Console, readyAtMs: number) {
    this.console = console;
    this.readyAtMs = readyAtMs;
    this.#prompt = new Prompt(console.name);
  }

  /**
   * Takes over the shell that waits at the console: wide terminal, no colours, domes' own prompt.
   * @throws as Console.expect does when no prompt shows up.
   */
  static async open(console: Console, { prompt = ANY_PROMPT, ...wait }: ShellOptions = {}): Promise<Shell> {
    const { before, text, atMs } = await console.expect(prompt, wait);
    const shell = new Shell(console, atMs);
    // The width alone and first: until it is set, a long line would be wrapped, or scrolled by a dumb terminal.
    await console.sendLine(`stty rows ${ROWS} cols ${COLUMNS}`, wait);
    const same =
      withoutKernelLines(before + text)
        .split('\n')
        .at(-1) ?? '';
    // The same prompt once more is seen at once; another one when the console is quiet.
    await console.expectOneOf<string>(same.trim() === '' ? { prompt } : { same, prompt }, wait);
    // TERM=dumb: no bracketed paste, no colours. The others print OSC sequences and more around prompts.
    await console.sendLine(`export TERM=dumb; unset PROMPT_COMMAND PS0; ${shell.#prompt.setting}`, wait);
    await shell.#begun(wait).catch((error: unknown) => {
      throw error instanceof ExpectTimeoutError ? noPosixShell(error, console.name) : error;
    });
    return shell;
  }

  /**
   * Takes up a shell again that was opened before its guest was saved, and has domes' prompt still. The command
   * (`:`, which does nothing, say) is run to see that the shell answers.
   * @throws as `run` does.
   */
  static async adopt(
    console: Console,
    memory: ShellMemory,
    command: string,
    wait?: WaitOptions,
  ): Promise<Shell> {
    const shell = new Shell(console, memory.readyAtMs);
    shell.#recall(memory);
    await shell.run(command, wait);
    return shell;
  }

  get memory(): ShellMemory {
    return { count: this.#count, readyAtMs: this.readyAtMs, owesPrompt: this.#owesPrompt };
  }

  /** The command that is under way. */
  get running(): string | undefined {
    return this.#running;
  }

  /**
   * Follows its guest back to a state in which this was what was known.
   * @param first gives a command that is run before the next one
   */
  goBack(memory: ShellMemory, first: () => string): void {
    this.#recall(memory);
    this.#first = first;
  }

  /**
   * Runs a command and returns what it printed and its exit status, whatever that is. After a wait that failed, the
   * next command first waits for the end of the one before.
   * @throws ScenarioError for what is not one whole command line, and for more than 64 MiB of output; TypingError;
   * ExpectTimeoutError when the command goes on, and the others as Console.expect does.
   */
  async run(command: string, options?: RunOptions): Promise<RunResult> {
    if (/[\r\n]/.test(command))
      throw new ScenarioError(`run() takes one line, got ${JSON.stringify(command)}`, {
        next: 'join the commands with ; or &&, or run them one by one',
      });
    if (this.#running !== undefined)
      throw new ScenarioError(
        `the shell on console "${this.console.name}" is still running "${this.#running}"`,
        {
          doing: command,
          next: 'await one command before the next, or open a shell on another console',
        },
      );
    this.#running = command;
    try {
      // Whatever became of the one before is not this one's failure.
      const patient = { ...options, failFast: false };
      if (this.#owesPrompt) await this.#ended(patient);
      const first = this.#first?.();
      this.#first = undefined;
      if (first !== undefined) await this.#run(first, patient);
      return await this.#run(command, options);
    } finally {
      this.#running = undefined;
    }
  }

  /**
   * Runs a command that must succeed, and returns its output. When it shows that it has failed it is not waited for any
   * longer (`failFast: false` does).
   * @throws CommandError when it ends with another status than 0; KnownFailureError when a failure that has a name shows.
   */
  async succeed(command: string, options?: RunOptions): Promise<string> {
    const { output, exitStatus } = await this.run(command, { failFast: true, ...options });
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

  #recall({ count, owesPrompt }: ShellMemory): void {
    this.#count = count;
    this.#owesPrompt = owesPrompt;
  }

  async #run(command: string, options?: RunOptions): Promise<RunResult> {
    const { transcript } = this.console;
    await typeWhole(this.console, command, options);
    const from = transcript.end;
    const startMs = transcript.now();
    this.console.press('enter');
    // Everything before belongs to earlier commands.
    this.console.skip(from);
    const { at, atMs, exitStatus } = await this.#ended(options);
    if (exitStatus === undefined) await this.#refuseUnfinished(command, options);
    const output = outputOf(this.console, command, { from, to: at });
    return { output, exitStatus: exitStatus as number, tookMs: Math.max(0, atMs - startMs) };
  }

  /** Waits for the first prompt; a shell that shows its formula instead of its value is given a loop. */
  async #begun(wait: WaitOptions): Promise<void> {
    const { console } = this;
    const { pattern, literal, loop } = this.#prompt;
    const { is, text } = await console.expectOneOf<'prompt' | 'literal'>({ prompt: pattern, literal }, wait);
    if (is === 'prompt') {
      this.#count = this.#prompt.read(text).count;
      return;
    }
    await console.sendLine(loop, wait);
    await this.#ended(wait);
  }

  /** Waits for the next prompt, and answers the questions before it. */
  async #ended({ timeout = DEFAULT_TIMEOUT_MS, answers = {}, ...options }: RunOptions = {}): Promise<Ended> {
    const { console } = this;
    const from = console.cursor;
    const until = performance.now() + timeout;
    const questions = Object.fromEntries(Object.keys(answers).map((question) => [question, question]));
    const patterns: Record<string, Pattern> = { ...questions, [PROMPT]: this.#prompt.pattern };
    this.#owesPrompt = true;
    for (;;) {
      const left = Math.max(0, until - performance.now());
      try {
        const { is, text, start, atMs } = await console.expectOneOf<string>(patterns, {
          ...options,
          timeout: left,
        });
        if (is !== PROMPT) {
          await console.sendLine(answers[is] ?? '', options);
          continue;
        }
        const { count, exitStatus } = this.#prompt.read(text);
        if (count <= this.#count) continue;
        this.#count = count;
        this.#owesPrompt = false;
        return { at: start, atMs, exitStatus };
      } catch (error) {
        throw error instanceof ExpectTimeoutError ? stillRunning(error, console, from, this.#running) : error;
      }
    }
  }

  /** Brings the shell back to its prompt. */
  async #refuseUnfinished(command: string, { signal }: WaitOptions = {}): Promise<never> {
    const wait = { timeout: INTERRUPT_MS, ...(signal && { signal }) };
    for (let tries = 1; this.#owesPrompt || tries === 1; tries++) {
      this.console.press('ctrl-c');
      // bash drops an interrupt that comes just when it has asked for more.
      await this.#ended(wait).catch((error: unknown) => {
        if (!(error instanceof ExpectTimeoutError) || tries === MOST_INTERRUPTS) throw error;
      });
    }
    // Whatever was pressed too often shows a prompt as well.
    await this.console.untilQuiet(wait);
    throw new ScenarioError(`command ${JSON.stringify(command)} is not complete: the shell asked for more`, {
      console: this.console.name,
      next: 'close the quote, bracket or here-document that it leaves open, or take away the \\ or | at its end',
    });
  }
}
