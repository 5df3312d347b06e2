/**
 * GRUB's editor of one boot entry, on the terminal grid. Its keys are those of Emacs; each is followed by a look at
 * where the cursor went.
 */
import { ScenarioError } from '../../errors.ts';
import type { Console, WaitOptions } from '../../expect/console.ts';
import { KEYS } from '../../expect/keys.ts';
import type { Row } from '../../expect/screen.ts';
import { answered, boxRows } from './grub-box.ts';

/** grub-core/normal/menu_text.c: the help below the editor's box, which is drawn before the box is filled. */
const HELP = /Press Ctrl-x or F10 to boot/;
/** More lines than any entry has: GRUB's editor never wraps around. */
const MOST_LINES = 1_000;

/** A line of the entry, as far as it is on the screen. */
interface Line {
  readonly text: string;
  /** Screen rows that it takes. */
  readonly first: number;
  readonly last: number;
}

export class GrubEditor {
  readonly #console: Console;

  private constructor(console: Console) {
    this.#console = console;
  }

  /** Opens the entry that is highlighted in the menu. @throws as Console.expect does. */
  static async open(console: Console, options?: WaitOptions): Promise<GrubEditor> {
    const editor = new GrubEditor(console);
    await editor.#key("GRUB's editor", 'e', options, (rows) => rows.some(({ text }) => HELP.test(text)));
    return editor;
  }

  /** The lines of the entry that are on the screen; one that GRUB has broken at the edge is one line. */
  get lines(): string[] {
    return linesOf(this.#console.screen.rows())
      .map(({ text }) => text)
      .filter((text) => text !== '');
  }

  /**
   * Puts the cursor at the end of the first line (from the cursor down) that matches.
   * @throws ScenarioError when the end of the entry is reached first.
   */
  async goTo(wanted: RegExp, options?: WaitOptions): Promise<void> {
    const { screen } = this.#console;
    const seen: string[] = [];
    for (let count = 0; count < MOST_LINES; count++) {
      const line = this.#lineAtCursor();
      if (line && line.text.search(wanted) >= 0) {
        await this.#key("GRUB's cursor at the end of the line", KEYS['ctrl-e'], options);
        return;
      }
      if (line && line.text !== '') seen.push(line.text);
      const before = JSON.stringify([screen.cursor, screen.text]);
      await this.#key("GRUB's cursor to move down", KEYS['ctrl-n'], options);
      // At the last line nothing changes; at the bottom of the screen the text scrolls up under the cursor.
      if (JSON.stringify([screen.cursor, screen.text]) === before) break;
    }
    throw new ScenarioError(`no line of the boot entry matches ${wanted}`, {
      console: this.#console.name,
      next: `the lines from the cursor on are: ${seen.map((line) => JSON.stringify(line)).join(', ')}`,
    });
  }

  /** Types at the cursor; GRUB's answer to each character is waited for. */
  async type(text: string, options?: WaitOptions): Promise<void> {
    if (/[^\x20-\x7e]/.test(text))
      throw new ScenarioError(
        `cannot type ${JSON.stringify(text)} into GRUB's editor: it takes printable ASCII`,
      );
    for (const character of text)
      await this.#key(`GRUB's editor to take "${character}" of "${text}"`, character, options);
  }

  /** Boots the edited entry (Ctrl-x); the edit lasts for this boot only. Where that fails, GRUB is back here. */
  boot(): void {
    this.#console.press('ctrl-x');
  }

  /** Leaves the editor for the menu, for which `menu.back()` waits; the edits are discarded. */
  leave(): void {
    this.#console.press('escape');
  }

  #lineAtCursor(): Line | undefined {
    const { screen } = this.#console;
    const { row } = screen.cursor;
    return linesOf(screen.rows()).find(({ first, last }) => first <= row && row <= last);
  }

  async #key(
    doing: string,
    bytes: string,
    options?: WaitOptions,
    isThere: (rows: readonly Row[]) => boolean = () => true,
  ): Promise<void> {
    const key = { doing, bytes, isAnswer: isShownAgain };
    await answered(this.#console, key, (rows) => isThere(rows) || undefined, options);
  }
}

/** GRUB hides the cursor while it draws its answer, and shows it again when all is drawn. */
function isShownAgain(raw: string): boolean {
  const hidden = raw.lastIndexOf('\x1b[?25l');
  return hidden >= 0 && raw.indexOf('\x1b[?25h', hidden) >= 0;
}

/** Joins the rows that GRUB has broken: a backslash stands in their last cell. */
function linesOf(rows: readonly Row[]): Line[] {
  const lines: Line[] = [];
  let isGoingOn = false;
  for (const { y, text, left, right } of boxRows(rows)) {
    const isBroken = text.length === right - left && text.endsWith('\\');
    const part = isBroken ? text.slice(0, -1) : text;
    const line = isGoingOn ? lines.at(-1) : undefined;
    if (line) lines[lines.length - 1] = { ...line, text: line.text + part, last: y };
    else lines.push({ text: part, first: y, last: y });
    isGoingOn = isBroken;
  }
  return lines;
}
