/**
 * Bytes that no pattern of a set tells apart share a class: a row of the transition table has one column for
 * each class and stays small.
 */
import { ASSERT, type ByteAutomaton, EDGES } from '../pattern/byte-automaton.ts';

/** More than the highest flag in a set. */
const FLAGS = 8;

export interface ByteClasses {
  /** The class of each byte. */
  readonly of: Uint8Array;
  readonly count: number;
}

/** What the byte before a place says about `^`, `\b` and `\B` there. */
export const BEFORE_START = 0;
export const BEFORE_LINE = 1;
export const BEFORE_WORD = 2;
export const BEFORE_OTHER = 3;
/** Part of a character beyond ASCII: may be a line separator, may be a word's. */
export const BEFORE_UNKNOWN = 4;
export const BEFORE_KINDS = 5;

/** For each byte what it is to the place behind it. U+2028 and U+2029 end a line too; they end in A8 and A9. */
export const BEFORE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x0a || byte === 0x0d) return BEFORE_LINE;
  if (byte >= 0x80) return BEFORE_UNKNOWN;
  return /\w/.test(String.fromCharCode(byte)) ? BEFORE_WORD : BEFORE_OTHER;
});

export function byteClasses(automaton: ByteAutomaton): ByteClasses {
  const sets = automaton.kind.includes(ASSERT) ? [...automaton.sets, BEFORE] : automaton.sets;
  const of = new Uint8Array(256);
  let count = 1;
  for (const set of sets) {
    // Each class is split by what the set says of its bytes.
    const parts = new Int16Array(256 * FLAGS).fill(-1);
    count = 0;
    for (let byte = 0; byte < 256; byte++) {
      const part = (of[byte] as number) * FLAGS + (set[byte] as number);
      if (parts[part] === -1) parts[part] = count++;
      of[byte] = parts[part] as number;
    }
  }
  return { of, count };
}

/** For each BEFORE_… the one that stands for it: what no pattern asks about need not be told apart. */
export function whatMatters({ kind, operand }: ByteAutomaton): readonly number[] {
  const asked = new Set(
    kind.flatMap((what, node) => (what === ASSERT ? [EDGES[operand[node] as number]] : [])),
  );
  const asksWord = asked.has('word') || asked.has('not-word');
  const asksLine = asked.has('line-start');
  const asksStart = asked.has('text-start') || asksLine;
  const matters: number[] = [];
  matters[BEFORE_OTHER] = BEFORE_OTHER;
  matters[BEFORE_START] = asksStart ? BEFORE_START : BEFORE_OTHER;
  matters[BEFORE_LINE] = asksLine ? BEFORE_LINE : BEFORE_OTHER;
  matters[BEFORE_WORD] = asksWord ? BEFORE_WORD : BEFORE_OTHER;
  matters[BEFORE_UNKNOWN] = asksWord || asksLine ? BEFORE_UNKNOWN : BEFORE_OTHER;
  return matters;
}
