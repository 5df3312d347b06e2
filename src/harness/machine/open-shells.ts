/**
 * The shells that a machine has open, one on a console at a time; and those that were open when it was saved, which
 * are taken up again when somebody asks for them.
 */
import type { Console } from '../../expect/console.ts';
import { Shell, type ShellOptions } from '../../expect/shell.ts';
import type { SavedShell } from '../snapshot/memento.ts';
import type { Stage } from '../stage.ts';

interface OpenShell {
  readonly shell: Shell;
  readonly stage: Stage;
}

export class OpenShells {
  readonly #open = new Map<string, OpenShell>();
  /** Given to whoever asks for the shell of a console once more. */
  readonly #kept = new Map<string, Promise<Shell>>();
  readonly #opening = new Set<string>();
  readonly #saved = new Map<string, SavedShell>();
  /** Consoles on which the guest's clock was set since the restore; `undefined` without a restore. */
  #greeted: Set<string> | undefined;
  readonly #greeting: (console: Console) => string;

  /**
   * @param saved shells that were open when the machine was saved
   * @param greeting the first command for a shell after a restore
   */
  constructor(saved: readonly SavedShell[] | undefined, greeting: (console: Console) => string) {
    this.#greeting = greeting;
    if (!saved) return;
    this.#greeted = new Set();
    for (const one of saved) this.#saved.set(one.console, one);
  }

  /** The shell of a console, opened at the first time. */
  once(console: string, open: () => Promise<Shell>): Promise<Shell> {
    const shell = this.#kept.get(console) ?? open();
    this.#kept.set(console, shell);
    return shell;
  }

  /** Takes over the shell that waits on a console, or takes up the one that was open there. @throws as Shell.open. */
  async open(console: Console, stage: Stage, { prompt, ...wait }: ShellOptions = {}): Promise<Shell> {
    this.#opening.add(console.name);
    try {
      const saved = this.#saved.get(console.name);
      this.#saved.delete(console.name);
      const isOld = saved?.stage === stage;
      const shell = isOld
        ? await Shell.adopt(console, saved.memory, this.#greet(console), wait)
        : await Shell.open(console, { ...wait, ...(prompt !== undefined && { prompt }) });
      if (!isOld && this.#greeted && !this.#greeted.has(console.name))
        await shell.run(this.#greet(console), wait);
      this.#open.set(console.name, { shell, stage });
      return shell;
    } finally {
      this.#opening.delete(console.name);
    }
  }

  /** Whether somebody has the shell of a console, or had it when the machine was saved: it takes commands. */
  isOpen(console: string): boolean {
    return this.#open.has(console) || this.#saved.has(console);
  }

  /** What was open on a console is gone: its guest is another one. */
  forget(console: string): void {
    this.#kept.delete(console);
    this.#open.delete(console);
    this.#saved.delete(console);
  }

  /** Those that are open, and those that were and have not been asked for since. */
  saved(): SavedShell[] {
    const open = [...this.#open].map(([console, { shell, stage }]) => ({
      console,
      stage,
      memory: shell.memory,
    }));
    return [...this.#saved.values(), ...open];
  }

  /** Why the shells can't be saved now: what is under way. */
  busy(): string | undefined {
    const [opening] = this.#opening;
    if (opening !== undefined) return `the shell on console "${opening}" is being opened`;
    for (const [console, { shell }] of this.#open)
      if (shell.running !== undefined)
        return `the shell on console "${console}" is still running "${shell.running}"`;
    return undefined;
  }

  /** Follows the guest back to a state in which these were open; others are opened anew. */
  goBack(saved: readonly SavedShell[]): void {
    const then = new Map(saved.map((one) => [one.console, one]));
    this.#greeted = new Set();
    this.#saved.clear();
    for (const [name, { shell, stage }] of this.#open) {
      const was = then.get(name);
      then.delete(name);
      if (was?.stage === stage) shell.goBack(was.memory, () => this.#greet(shell.console));
      else {
        this.forget(name);
        if (was) this.#saved.set(name, was);
      }
    }
    for (const [name, was] of then) this.#saved.set(name, was);
  }

  #greet(console: Console): string {
    this.#greeted?.add(console.name);
    return this.#greeting(console);
  }
}
