/** One row of a console as it is shown: without what acts on a terminal, and not endless. Knows no document. */
import { printableLine } from '../../../../printable.ts';

/** Characters of a row that are shown. */
const LONGEST = 2_000;

export interface RowText {
  readonly text: string;
  /** How often the line was drawn anew with a bare carriage return, as progress bars are. */
  readonly redrawn: number;
}

/** Of a line that was redrawn the last state, unless the reader looks for something in the others. */
export function rowText(row: string, words = ''): RowText {
  const drawn = row.replace(/\r+$/, '').split(/\r+/);
  const last = drawn.findLast((part) => part.trim() !== '') ?? '';
  const redrawn = drawn.length - 1;
  const hidesWords = words !== '' && includes(row, words) && !includes(last, words);
  const text = printableLine(hidesWords ? drawn.join(' ⟲ ') : last);
  return {
    text: text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text,
    redrawn,
  };
}

/** Where the words are in a text, whatever their case: pairs of begin and end. */
export function placesOf(text: string, words: string): (readonly [from: number, to: number])[] {
  if (words === '') return [];
  const places: [number, number][] = [];
  const low = text.toLowerCase();
  // Some characters have another length in lower case: then places can't be told.
  if (low.length !== text.length) return [];
  const wanted = words.toLowerCase();
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, at + wanted.length))
    places.push([at, at + wanted.length]);
  return places;
}

export function includes(text: string, words: string): boolean {
  return text.toLowerCase().includes(words.toLowerCase());
}
