/** Looks for words in all consoles of a scenario, chunk by chunk. */
import type { ConsoleView } from '../view.ts';
import { chunkOf } from './data.ts';
import { includes } from './row-text.ts';

export interface Hit {
  readonly console: ConsoleView;
  readonly line: number;
  /** ms since power-on. */
  readonly atMs: number;
  readonly text: string;
}

export interface Progress {
  readonly hits: readonly Hit[];
  /** 0 to 1. */
  readonly done: number;
  /** True when there are more than are listed. */
  readonly more: boolean;
}

const MOST_HITS = 300;

/** Yields after every chunk. What can't be loaded is passed over. */
export async function* searchConsoles(
  consoles: readonly ConsoleView[],
  words: string,
): AsyncGenerator<Progress> {
  const total = Math.max(
    1,
    consoles.reduce((sum, { chunks }) => sum + chunks.length, 0),
  );
  const hits: Hit[] = [];
  let looked = 0;
  for (const console of consoles)
    for (let index = 0; index < console.chunks.length; index++) {
      const chunk = await chunkOf(console, index).catch(() => undefined);
      looked++;
      // One look at the whole first: most chunks have nothing.
      if (chunk && includes(chunk.text, words)) {
        let atMs = chunk.atMs;
        for (const [at, text] of chunk.text.split('\n').entries()) {
          atMs += chunk.laterMs[at] ?? 0;
          if (!includes(text, words)) continue;
          if (hits.length === MOST_HITS) {
            yield { hits, done: looked / total, more: true };
            return;
          }
          hits.push({ console, line: chunk.line + at, atMs, text });
        }
      }
      yield { hits, done: looked / total, more: false };
    }
}
