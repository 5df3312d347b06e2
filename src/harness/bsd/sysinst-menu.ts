/**
 * A menu of NetBSD's installer, sysinst: entries with letters, one of them marked by `>`. A letter moves the mark, Enter
 * chooses what is marked. One that only wants Enter has a marked entry without a letter. NetBSD usr.bin/menuc/menu_sys.def.
 */
import { ScenarioError } from '../../errors.ts';
import type { Console, WaitOptions } from '../../expect/console.ts';
import type { Row } from '../../expect/screen.ts';

/**
 * Within a box of `*`, of line characters, or of none; a terminal without line characters shows them as letters (`x`).
 * The letters go on with A after z.
 */
const ENTRY =
  /^[ *|│x]*(?:(?<mark>>)? *(?<letter>[A-Za-z]): |(?<lone>>)(?=[^>\s]))(?<title>\S.*?)(?: +[*|│x])? *$/;

interface Entry {
  readonly letter: string;
  readonly title: string;
  readonly isMarked: boolean;
}

export class SysinstMenu {
  readonly #console: Console;

  private constructor(console: Console) {
    this.#console = console;
  }

  /** Waits until a menu stands there, its mark included. @throws as Console.expect does. */
  static async open(console: Console, wait?: WaitOptions): Promise<SysinstMenu> {
    await console.screen.until("a menu of NetBSD's installer", (rows) => marked(rows), wait);
    return new SysinstMenu(console);
  }

  /** The entries on the screen, top first. */
  get entries(): string[] {
    return entriesOf(this.#console.screen.rows()).map(({ title }) => title);
  }

  /** The entry that Enter would choose. */
  get highlighted(): string {
    return marked(this.#console.screen.rows())?.title ?? '';
  }

  /**
   * Moves the mark to the first entry that matches, and chooses it. The next menu is another one: open it.
   * @throws ScenarioError when none does; as Console.expect when the mark does not move.
   */
  async choose(wanted: RegExp | string, wait?: WaitOptions): Promise<string> {
    const { screen } = this.#console;
    const matches = ({ title }: Entry) =>
      typeof wanted === 'string' ? title.includes(wanted) : title.search(wanted) >= 0;
    const target = entriesOf(screen.rows()).find(matches);
    if (!target)
      throw new ScenarioError(`no entry of the installer's menu matches ${wanted}`, {
        console: this.#console.name,
        next: `the entries are: ${this.entries.map((entry) => `"${entry}"`).join(', ')}`,
      });
    if (!target.isMarked) {
      this.#console.send(Buffer.from(target.letter, 'latin1'));
      await screen.until(
        `the mark to move to "${target.title}"`,
        (rows) => marked(rows)?.letter === target.letter || undefined,
        wait,
      );
    }
    this.#console.press('enter');
    return target.title;
  }
}

function entriesOf(rows: readonly Row[]): Entry[] {
  return rows.flatMap(({ text }) => {
    const { mark, lone, letter = '', title } = ENTRY.exec(text)?.groups ?? {};
    if (title === undefined) return [];
    return [{ letter, title, isMarked: (mark ?? lone) !== undefined }];
  });
}

function marked(rows: readonly Row[]): Entry | undefined {
  return entriesOf(rows).find(({ isMarked }) => isMarked);
}
