/**
 * GRUB's menu, read from the terminal grid and driven by keys: one key, then look where the highlight is. Never an
 * Enter to see if it lives.
 */
import { ScenarioError } from '../../errors.ts';
import type { Console, WaitOptions } from '../../expect/console.ts';
import { KEYS } from '../../expect/keys.ts';
import type { Row } from '../../expect/screen.ts';
import { answered, type BoxRow, boxRows } from './grub-box.ts';
import { GrubEditor } from './grub-editor.ts';

const HEAD = /GNU GRUB +version (\S+)/;
/** grub-core/normal/menu_text.c */
const COUNTDOWN = /will be executed automatically in (\d+)s/;
/** Reverse video on a serial port; black on light grey in a Xen guest. grub-core/term/terminfo.c, term/xen/console.c */
const HIGHLIGHT = /\x1b\[7m|\x1b\[30m\x1b\[47m/;

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

  /** The entries that are on the screen, top first; a long menu shows a part. */
  get entries(): string[] {
    return entryRows(this.#console.screen.rows()).map(title);
  }

  /** The highlighted entry. */
  get highlighted(): string {
    const row = highlightedRow(this.#console.screen.rows());
    return row ? title(row) : '';
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

  /** Moves the highlight by an arrow key and returns the entry it is on then: the same at the menu's edge. */
  async move(direction: 'up' | 'down', options?: WaitOptions): Promise<string> {
    return title(await this.#move(direction, options));
  }

  /**
   * Moves the highlight to the first entry whose title matches, through the whole of a long menu if need be.
   * @throws ScenarioError when no entry does.
   */
  async select(wanted: RegExp | string, options?: WaitOptions): Promise<string> {
    const matches = (row: BoxRow) =>
      typeof wanted === 'string' ? title(row).includes(wanted) : title(row).search(wanted) >= 0;
    const seen = new Set<string>();
    for (const direction of ['down', 'up'] as const) {
      for (let isEdge = false; !isEdge; ) {
        const rows = entryRows(this.#console.screen.rows());
        for (const row of rows) seen.add(title(row));
        const target = rows.find(matches);
        if (target) return this.#moveTo(target, options);
        const before = this.highlighted;
        isEdge = (await this.move(direction, options)) === before;
      }
    }
    throw new ScenarioError(`no entry of GRUB's menu matches ${wanted}`, {
      console: this.#console.name,
      next: `the entries are: ${[...seen].map((entry) => `"${entry}"`).join(', ')}`,
    });
  }

  /** Boots the highlighted entry, or opens it where it is a submenu. */
  boot(): void {
    this.#console.press('enter');
  }

  /** Opens the highlighted entry in GRUB's editor (`e`). */
  async edit(options?: WaitOptions): Promise<GrubEditor> {
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

  /** Moves within what is on the screen. */
  async #moveTo(target: BoxRow, options?: WaitOptions): Promise<string> {
    let row = highlightedRow(this.#console.screen.rows());
    while (row && row.y !== target.y) row = await this.#move(row.y < target.y ? 'down' : 'up', options);
    return title(target);
  }

  async #move(direction: 'up' | 'down', options?: WaitOptions): Promise<BoxRow> {
    const { screen } = this.#console;
    return answered(
      this.#console,
      {
        doing: `GRUB's highlight to move ${direction} from "${this.highlighted}"`,
        bytes: KEYS[direction],
        // The highlighted row is drawn last of all.
        isAnswer: (raw) => HIGHLIGHT.test(raw),
      },
      (rows) => {
        const row = highlightedRow(rows);
        // When it is complete, the cursor stays before its right border.
        const { cursor } = screen;
        return row && cursor.row === row.y && cursor.column === row.right - 1 ? row : undefined;
      },
      options,
    );
  }
}

/** Is the whole menu drawn? GRUB draws it from the top. */
function isMenu(rows: readonly Row[]): boolean {
  const box = boxRows(rows);
  const isDrawn = box.length > 0 && box.every(({ isDrawn }) => isDrawn);
  return isDrawn && rows.some(({ text }) => HEAD.test(text)) && highlightedRow(rows) !== undefined;
}

function entryRows(rows: readonly Row[]): BoxRow[] {
  return boxRows(rows).filter((row) => title(row) !== '');
}

function title({ text }: BoxRow): string {
  return text.replace(/^\*/, '').trim();
}

function highlightedRow(rows: readonly Row[]): BoxRow | undefined {
  return entryRows(rows).find(({ isHighlighted, text }) => isHighlighted || text.startsWith('*'));
}
