/** Lines of a stream. QMP sends one JSON object per line. */
import type { Readable } from 'node:stream';

/** Calls back for each line that is not empty, without its end. What follows the last line end is no line. */
export function readLines(stream: Readable, line: (text: string) => void): void {
  // Kept apart until the line is whole: a reply of megabytes must not be copied anew with each piece of it.
  let parts: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const pieces = chunk.split('\n');
    for (const [index, piece] of pieces.entries()) {
      parts.push(piece);
      if (index === pieces.length - 1) continue;
      const text = parts.join('').trim();
      parts = [];
      if (text !== '') line(text);
    }
  });
}
