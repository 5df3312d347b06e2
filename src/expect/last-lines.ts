/** The last lines of a text, as evidence: what a person would see of them, each with its time. */
import type { EvidenceLine } from '../errors.ts';
import { decodeText } from './text/utf8.ts';

const NEWLINE = 10;

/**
 * The last `count` lines of `text` that say something, oldest first.
 * @param from offset of `text[0]`; a line that is cut there is left out, unless it is the only one
 * @param atMs when the text at an offset was received
 */
export function lastLines(
  text: Uint8Array,
  from: number,
  count: number,
  atMs: (offset: number) => number,
): EvidenceLine[] {
  const evidence: EvidenceLine[] = [];
  const firstEnd = text.indexOf(NEWLINE);
  const first = from > 0 && firstEnd >= 0 && firstEnd + 1 < text.length ? firstEnd + 1 : 0;
  for (let at = first; at < text.length; ) {
    const end = text.indexOf(NEWLINE, at);
    const line = text.subarray(at, end < 0 ? text.length : end);
    const shown = lastRedraw(decodeText(line));
    if (shown.trim()) evidence.push({ atMs: atMs(from + at), text: shown });
    at += line.length + 1;
  }
  return evidence.slice(-count);
}

/** What is left to see of a line that was redrawn with bare carriage returns (a progress bar, say). */
function lastRedraw(line: string): string {
  return line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
}
