/** A row for a terminal: cells of text, escaped, cut to the width, then coloured. */
import { printableLine } from '../../printable.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** What a terminal can show. */
export interface Terminal {
  readonly columns: number;
  readonly colour: boolean;
}

export type Cell = string | readonly [text: string, style: Style];

// ECMA-48 SGR: the code that starts a style and the one that ends it.
const SGR: Record<Style, readonly [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

/** Joins the cells; what does not fit in the columns is cut off with `…`. No text can bring its own escapes. */
export function terminalRow(cells: readonly Cell[], { columns, colour }: Terminal): string {
  const texts = cells.map((cell) => [...printableLine(typeof cell === 'string' ? cell : cell[0])]);
  const width = texts.flat().findLastIndex((character) => character !== ' ') + 1;
  let room = width > columns ? columns - 1 : columns;
  const shown = cells.map((cell, index) => {
    const text = (texts[index] ?? []).slice(0, room).join('');
    room -= Math.min(room, texts[index]?.length ?? 0);
    if (typeof cell === 'string' || !colour || text === '') return text;
    const [start, end] = SGR[cell[1]];
    return `\x1b[${start}m${text}\x1b[${end}m`;
  });
  return (width > columns ? [...shown, '…'] : shown).join('').trimEnd();
}

/** Reads the width and the colours of a stream; NO_COLOR and FORCE_COLOR have the last word. */
export function terminalOf(
  stream: { readonly columns?: number; readonly isTTY?: boolean; hasColors?: () => boolean },
  env: NodeJS.ProcessEnv,
): Terminal {
  const columns = stream.columns || Number(env.COLUMNS) || 100;
  if (env.NO_COLOR) return { columns, colour: false };
  if (env.FORCE_COLOR) return { columns, colour: env.FORCE_COLOR !== '0' };
  return { columns, colour: stream.isTTY === true && stream.hasColors?.() !== false };
}
