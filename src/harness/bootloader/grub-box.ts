/** The box that GRUB draws around its menu and its editor's text, as it stands on the terminal grid. */
import type { Console, WaitOptions } from '../../expect/console.ts';
import type { Row } from '../../expect/screen.ts';

export interface BoxRow {
  /** Row of the screen, counted from 0. */
  readonly y: number;
  /** What stands between the borders, blanks at the end left out. */
  readonly text: string;
  /** Columns of the first cell inside, and of the right border. */
  readonly left: number;
  readonly right: number;
  readonly isHighlighted: boolean;
  /** GRUB fills every row, with blanks too; until then it is not finished. */
  readonly isDrawn: boolean;
}

/**
 * A row of the box: borders of `|` or line characters, and behind the right one perhaps a scroll mark (`^`, `v`).
 * grub-core/normal/menu_text.c
 */
const BOX_ROW = /^(?<border> *[|│])(?<inside>.*)[|│].?$/;
/** Cells of a row of the box that GRUB does not print to: left of it, and beside the scroll mark. */
const BORDER_CELLS = 4;

export function boxRows(rows: readonly Row[]): BoxRow[] {
  return rows.flatMap(({ text, highlighted, written }, y) => {
    const { border, inside } = BOX_ROW.exec(text)?.groups ?? {};
    if (border === undefined || inside === undefined) return [];
    const left = border.length;
    const isDrawn = written >= text.length - BORDER_CELLS;
    const isHighlighted = highlighted !== '';
    return [{ y, text: inside.trimEnd(), left, right: left + inside.length, isHighlighted, isDrawn }];
  });
}

/** A key for GRUB, and how its answer is told: GRUB answers every key by drawing, be it the same once more. */
export interface GrubKey {
  /** What is waited for, in the words of a message. */
  readonly doing: string;
  readonly bytes: string;
  /** Whether the last part of the answer has begun to arrive. */
  isAnswer(raw: string): boolean;
}

/** Sends a key and waits until GRUB's answer to it is drawn and `read` finds in it what it looks for. */
export async function answered<T>(
  console: Console,
  { doing, bytes, isAnswer }: GrubKey,
  read: (rows: readonly Row[]) => T | undefined,
  options?: WaitOptions,
): Promise<T> {
  const { raw } = console.transcript;
  const from = raw.end;
  console.send(Buffer.from(bytes, 'latin1'));
  const answer = () => Buffer.from(raw.since(from)).toString('latin1');
  return console.screen.until(doing, (rows) => (isAnswer(answer()) ? read(rows) : undefined), options);
}
