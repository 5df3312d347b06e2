/**
 * GRUB's menu, read from the terminal grid and driven by keys: one key, then look where the highlight is. Never an
 * Enter to see if it lives.
 */
import { GuestError, ScenarioError } from '../../errors.ts';
import type { Console, WaitOptions } from '../../expect/console.ts';
import type { Row } from '../../expect/screen.ts';
import { GrubEditor } from './grub-editor.ts';

const HEAD = /GNU GRUB +version (\S+)/;
/** grub-core/normal/menu_text.c */
const COUNTDOWN = /will be executed automatically in (\d+)s/;
const MOST_ENTRIES = 64;
/** Cells of a row of the box that GRUB does not print to: left of it, and beside the scroll mark. */
const BORDER_CELLS = 4;

export class GrubMenu {
  readonly #console: Console;

  private constructor(console: Console) {
    this.#console = console;
  }

  /** Waits until the menu is drawn, its highlighted entry included. @throws as Console.expect does. */
  static async open(console: Console, options?: WaitOptions): Promise<GrubMenu> {
    await console.screen.until("GRUB's menu", (rows) => (isMenu(rows) ? true : undefined), options);
    return new GrubMenu(console);
  }

  /** The entries that are on the screen, top first. */
  get entries(): string[] {
    return menuRows(this.#console.screen.rows()).map(title);
  }

  /** The highlighted entry. */
  get highlighted(): string {
    return highlightedEntry(this.#console.screen.rows()) ?? '';
  }

  /** Seconds until the highlighted entry boots by itself, as GRUB counts them down; any key stops it. */
  get countdown(): number | undefined {
    const seconds = COUNTDOWN.exec(this.#console.screen.text)?.[1];
    return seconds === undefined ? undefined : Number(seconds);
  }

  /** Waits until the countdown shows a number (that passes the test) and returns it, s. */
  async untilCountdown(
    passes: (seconds: number) => boolean = () => true,
    options?: WaitOptions,
  ): Promise<number> {
    return this.#console.screen.until(
      "GRUB's countdown",
      () => (this.countdown !== undefined && passes(this.countdown) ? this.countdown : undefined),
      options,
    );
  }

  /** Moves the highlight by arrow keys, and waits until it has moved. */
  async move(direction: 'up' | 'down', options?: WaitOptions): Promise<string> {
    const before = this.highlighted;
    this.#console.press(direction);
    return this.#console.screen.until(
      `GRUB's highlight to move ${direction} from "${before}"`,
      (rows) => different(highlightedEntry(rows), before),
      options,
    );
  }

  /**
   * Moves the highlight to the first entry whose title matches.
   * @throws ScenarioError when no entry does; GuestError when the highlight does not get there.
   */
  async select(wanted: RegExp | string, options?: WaitOptions): Promise<string> {
    const matches = (entry: string) =>
      typeof wanted === 'string' ? entry.includes(wanted) : wanted.test(entry);
    const target = this.entries.findIndex(matches);
    if (target < 0)
      throw new ScenarioError(`no entry of GRUB's menu matches ${wanted}`, {
        console: this.#console.name,
        next: `the entries are: ${this.entries.map((entry) => `"${entry}"`).join(', ')}`,
      });
    for (let moves = 0; moves < MOST_ENTRIES; moves++) {
      const at = this.entries.indexOf(this.highlighted);
      if (at === target) return this.highlighted;
      await this.move(at < target ? 'down' : 'up', options);
    }
    throw new GuestError(
      'DOMES_MENU',
      `the highlight of GRUB's menu never reached "${this.entries[target]}"`,
      {
        console: this.#console.name,
      },
    );
  }

  /** Boots the highlighted entry. */
  boot(): void {
    this.#console.press('enter');
  }

  /** Opens the highlighted entry in GRUB's editor (`e`). */
  async edit(options?: WaitOptions): Promise<GrubEditor> {
    this.#console.send(Buffer.from('e'));
    return GrubEditor.open(this.#console, options);
  }

  /** Waits for the menu to be there again, after an entry that failed or an editor that was left. */
  async back(options?: WaitOptions): Promise<void> {
    await this.#console.screen.until(
      "GRUB's menu again",
      (rows) => (isMenu(rows) ? true : undefined),
      options,
    );
  }
}

/** Is the whole menu drawn? GRUB draws it from the top, and fills the rows without an entry with blanks. */
function isMenu(rows: readonly Row[]): boolean {
  const box = rows.filter(isBoxRow);
  const isDrawn = box.length > 0 && box.every(({ written, text }) => written >= text.length - BORDER_CELLS);
  return rows.some(({ text }) => HEAD.test(text)) && isDrawn && highlightedEntry(rows) !== undefined;
}

function isBoxRow({ text }: { readonly text: string }): boolean {
  return /^\s*[|│].*[|│]\s*$/.test(text);
}

/** Rows between the borders of the menu's box: GRUB draws it with `|`, or with line characters. */
function menuRows(rows: readonly Row[]): Row[] {
  return rows.filter((row) => isBoxRow(row) && title(row) !== '');
}

function title({ text }: { readonly text: string }): string {
  return text
    .trim()
    .replace(/^[|│]|[|│]$/g, '')
    .replace(/^\*/, '')
    .trim();
}

function highlightedEntry(rows: readonly Row[]): string | undefined {
  const row = menuRows(rows).find(({ highlighted, text }) => highlighted !== '' || /^\s*[|│]\*/.test(text));
  return row && title(row);
}

function different(now: string | undefined, before: string): string | undefined {
  return now === undefined || now === before ? undefined : now;
}
