/**
 * The prompt that domes gives a shell. It carries a count and the exit status, `dm-NAME:7:0> `, so that its appearance
 * is the end of a command. The count tells it from everything that looks like it: a prompt of an earlier command
 * that is printed once more (a log, a file) has a lower one, and where the prompt is *set* stands a formula.
 */
import { KERNEL_LINE, withoutKernelLines } from './kernel-line.ts';
import { phrased } from './pattern/pattern.ts';

/** Where kernel lines may cut in; a burst of messages has a few. */
const CUT = `(?:${KERNEL_LINE.source}){0,3}`;

export interface PromptReading {
  /** Its number: each prompt has a higher one. */
  readonly count: number;
  /** Exit status of the command before it; `undefined` for a continuation prompt, before a command is complete. */
  readonly exitStatus: number | undefined;
}

export class Prompt {
  /** Matches a prompt or a continuation prompt, even one that kernel messages have cut into. */
  readonly pattern: RegExp;
  /** The command line that sets it, in a shell that expands its prompt, as POSIX says. */
  readonly setting: string;
  /** The prompt of one that does not, FreeBSD's. */
  readonly literal: RegExp;
  /** The command line for that one: it asks for each command itself. A Ctrl-C ends it, and the shell is lost. */
  readonly loop: string;
  readonly #whole: RegExp;

  /** @param name of the console: the prompts of nested shells are told apart by it */
  constructor(name: string) {
    const mark = `dm-${name.replace(/[^\w-]/g, '_')}:`;
    this.setting = `dm=0 PS1='${mark}$((dm=dm+1)):$?> ' PS2='${mark}$((dm=dm+1))+> '`;
    this.literal = new RegExp(`[\\r\\n]${mark}\\$\\(\\(dm=dm\\+1\\)\\):\\$\\?> $`);
    this.loop = `PS1='# '; while printf '${mark}%d:%d> ' $((dm=dm+1)) $? && IFS= read -r dml; do eval "$dml"; done`;
    this.#whole = new RegExp(`${mark}(\\d+)(?::(\\d+)|\\+)> `);
    // Up to 10^9 commands; the exit status has up to three digits.
    const digits = (most: number) => `(?:${CUT}\\d){0,${most}}`;
    const parts = [[...mark, '\\d'].join(CUT), digits(8), CUT, '[:+]', digits(3), CUT, '>', CUT, ' '];
    this.pattern = phrased(new RegExp(parts.join('')), "the shell's next prompt");
  }

  /** Reads what the pattern has matched. */
  read(text: string): PromptReading {
    const [, count, exitStatus] = this.#whole.exec(withoutKernelLines(text)) ?? [];
    return { count: Number(count), exitStatus: exitStatus === undefined ? undefined : Number(exitStatus) };
  }
}
