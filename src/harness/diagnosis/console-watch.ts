/** Looks for failures on a live console: in all its text, whatever the scenario reads, but not in what it typed. */
import type { Console } from '../../expect/console.ts';
import type { SignatureIndex } from './signature-index.ts';
import { SignatureWatch, type SignatureWatchParts } from './signature-watch.ts';

/** Starts watching. A wait looks at new text only after this has, so that it knows of a failure in the same bytes. */
export function watchConsole(
  console: Console,
  index: SignatureIndex,
  parts: Omit<SignatureWatchParts, 'isTyped' | 'isLive'>,
): void {
  const { transcript } = console;
  let at = transcript.end;
  const watch = new SignatureWatch(
    index,
    {
      ...parts,
      isLive: true,
      isTyped: (line, from, to) => {
        // Where each character is one byte its place is exact; else the whole line stands for it.
        const isExact = line.text.length === line.to - line.from;
        const start = isExact ? line.from + from : line.from;
        const end = isExact ? line.from + to : line.to;
        // The echo of what is being typed right now is not told apart yet; no prompt is looked for in it.
        if (line.open && transcript.echoes.isOpen(end)) return true;
        return transcript.echoes.overlapping(start, end) !== undefined;
      },
    },
    at,
  );
  console.observe(() => {
    const from = at;
    at = transcript.end;
    if (at > from) watch.read(transcript.window.view(from, at));
    if (console.ended) watch.end();
  });
}
