/**
 * GRUB's editor of one boot entry, on the terminal grid. Its keys are those of Emacs; each is followed by a look at
 * where the cursor went.
 */
import { ScenarioError } from '../../errors.ts';
import type { Console, WaitOptions } from '../../expect/console.ts';
import type { Row } from '../../expect/screen.ts';

/** grub-core/normal/menu_text.c: the help line below the editor's box. */
const HELP = /Press Ctrl-x or F10 to boot/;
const MOST_LINES = 200;

export class GrubEditor {
  readonly #console: Console;

  private constructor(console: Console) {
    this.#console = console;
  }

  static async open(console: Console, options?: WaitOptions): Promise<GrubEditor> {
    await console.screen.until(
      "GRUB's editor",
      (rows) => rows.some(({ text }) => HELP.test(text)) || undefined,
      options,
    );
    return new GrubEditor(console);
  }

  /** The lines that are on the screen; a long one is broken by GRUB with a backslash at the edge. */
  get lines(): string[] {
    return boxed(this.#console.screen.rows());
  }

  /**
   * Puts the cursor at the end of the first line (from the cursor down) that matches, broken parts included.
   * @throws ScenarioError when the end of the entry is reached first.
   */
  async goTo(wanted: RegExp, options?: WaitOptions): Promise<void> {
    const { screen } = this.#console;
    for (let line = 0; line < MOST_LINES; line++) {
      if (wanted.test(this.#current())) return this.#toLineEnd(options);
      const { row } = screen.cursor;
      const before = screen.text;
      this.#console.press('ctrl-n');
      // The cursor goes down, or at the bottom the text scrolls up under it.
      const moved = await screen.until(
        "GRUB's cursor to move down",
        () => (screen.cursor.row !== row || screen.text !== before ? 'moved' : undefined),
        options,
      );
      if (moved !== 'moved') break;
    }
    throw new ScenarioError(`no line of the boot entry matches ${wanted}`, { console: this.#console.name });
  }

  /** Types at the cursor; each character is waited for on the screen. */
  async type(text: string, options?: WaitOptions): Promise<void> {
    for (const character of text) {
      const { screen } = this.#console;
      const { column, row } = screen.cursor;
      this.#console.send(Buffer.from(character));
      await screen.until(
        `GRUB's editor to take "${character}" of "${text}"`,
        () => screen.cursor.column !== column || screen.cursor.row !== row || undefined,
        options,
      );
    }
  }

  /** Boots the edited entry (Ctrl-x); the edit lasts for this boot only. */
  boot(): void {
    this.#console.press('ctrl-x');
  }

  /** Leaves the editor for the menu; the edits are discarded. */
  leave(): void {
    this.#console.press('escape');
  }

  /** The logical line under the cursor, as far as it is on the screen. */
  #current(): string {
    const rows = this.#console.screen.rows();
    let text = '';
    for (let row = this.#console.screen.cursor.row; row < rows.length; row++) {
      const part = inner(rows[row] as Row);
      text += part.replace(/\\$/, '');
      if (!part.endsWith('\\')) break;
    }
    return text;
  }

  async #toLineEnd(options?: WaitOptions): Promise<void> {
    const { screen } = this.#console;
    const { row } = screen.cursor;
    const rows = screen.rows();
    let last = row;
    while (inner(rows[last] as Row).endsWith('\\')) last++;
    const length = inner(rows[last] as Row).length;
    this.#console.press('ctrl-e');
    if (length === 0) return;
    await screen.until(
      "GRUB's cursor at the end of the line",
      () => (screen.cursor.row === last && screen.cursor.column >= length ? true : undefined),
      options,
    );
  }
}

function boxed(rows: readonly Row[]): string[] {
  return rows.map(inner).filter((text) => text.trim() !== '');
}

function inner({ text }: { readonly text: string }): string {
  const box = /^\s*[|│](.*)[|│]\s*$/.exec(text);
  return (box?.[1] ?? '').trimEnd();
}
