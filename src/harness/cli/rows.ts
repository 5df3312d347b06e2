/** Rows of text with their columns aligned. */
import { printableLine } from '../../printable.ts';

/** One line per row; columns two spaces apart, the last one as long as it is. */
export function alignedRows(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, text] of row.entries())
      if (column < row.length - 1) widths[column] = Math.max(widths[column] ?? 0, text.length);
  return rows
    .map(
      (row) =>
        `${row
          .map((text, column) => printableLine(text).padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
