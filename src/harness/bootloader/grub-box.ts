/** The box that GRUB draws around its menu and its editor's text, as it stands on the terminal grid. */
import type { Console, WaitOptions } from '../../expect/console.ts';
import type { Row } from '../../expect/screen.ts';

export interface BoxRow {
  /** Row of the screen, counted from 0. */
  readonly y: number;
  /** What stands between the borders, blanks at the end left out. */
  readonly text: string;
  readonly isHighlighted: boolean;
  /** GRUB fills every row, with blanks too; until then it is not finished. */
  readonly isDrawn: boolean;
}

/**
 * A row of the box: borders of `|` or line characters, and behind the right one perhaps a scroll mark (`^`, `v`).
 * grub-core/normal/menu_text.c
 */
const BOX_ROW = /^ *[|│](?<inside>.*)[|│].?$/;
/** Cells of a row of the box that GRUB does not print to: left of it, and beside the scroll mark. */
const BORDER_CELLS = 4;

export function boxRows(rows: readonly Row[]): BoxRow[] {
  return rows.flatMap(({ text, highlighted, written }, y) => {
    const inside = BOX_ROW.exec(text)?.groups?.inside;
    if (inside === undefined) return [];
    const isDrawn = written >= text.length - BORDER_CELLS;
    return [{ y, text: inside.trimEnd(), isHighlighted: highlighted !== '', isDrawn }];
  });
}

/** GRUB answers every key by drawing something, be it the same once more; this is how the last of it begins. */
export type AnswerMark = '\x1b[7m' | '\x1b[?25h';

/** Sends a key and waits until GRUB's answer to it is drawn and `read` finds in it what it looks for. */
export async function answered<T>(
  console: Console,
  { doing, send, mark }: { readonly doing: string; send(): void; readonly mark: AnswerMark },
  read: (rows: readonly Row[]) => T | undefined,
  options?: WaitOptions,
): Promise<T> {
  const { raw } = console.transcript;
  const from = raw.end;
  send();
  const isAnswered = () => Buffer.from(raw.since(from)).includes(mark);
  return console.screen.until(doing, (rows) => (isAnswered() ? read(rows) : undefined), options);
}
