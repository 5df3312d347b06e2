/**
 * For the message of a wait that timed out: which pattern came closest, and where. Computed only when asked.
 */
import {
  ACCEPT,
  ASSERT,
  BYTES,
  type ByteAutomaton,
  byteAutomaton,
  SPLIT,
} from '../pattern/byte-automaton.ts';
import type { CompiledPattern } from '../pattern/pattern.ts';
import type { TextWindow } from '../text/text-window.ts';
import { BEFORE, BEFORE_START } from './byte-classes.ts';
import { NEXT_ANY, NodeClosure } from './node-closure.ts';

export interface NearestMiss {
  /** Which pattern of the list. */
  readonly index: number;
  /** The line it was seen in, without its end. */
  readonly line: string;
  /** How much of the pattern was there, 0 to 1; 1 when only case, a look-around or a back reference failed. */
  readonly part: number;
  /** The pattern would have matched if case did not matter. */
  readonly exceptCase: boolean;
}

/** Less than this of a pattern is found in any text. */
const WORTH_TELLING = 0.5;
/** How much text is looked at, its latest part. */
const MAX_BYTES = 64 * 1024;
const NEWLINE = 10;

/** What of `[from, window.end)` came closest to a match; undefined when nothing came close. */
export function nearestMiss(
  patterns: readonly CompiledPattern[],
  window: TextWindow,
  from: number,
): NearestMiss | undefined {
  const text = window.view(Math.max(from, window.end - MAX_BYTES), window.end);
  const misses = patterns.flatMap((pattern, index) => {
    const miss = exceptCase(pattern, text) ?? closest(pattern, text);
    return miss && miss.part >= WORTH_TELLING
      ? [{ index, line: lineAt(text, miss.at), part: miss.part, exceptCase: miss.exceptCase }]
      : [];
  });
  return misses.sort((a, b) => Number(b.exceptCase) - Number(a.exceptCase) || b.part - a.part)[0];
}

interface Miss {
  readonly at: number;
  readonly part: number;
  readonly exceptCase: boolean;
}

function exceptCase({ regex }: CompiledPattern, text: Buffer): Miss | undefined {
  if (regex.ignoreCase) return undefined;
  const found = new RegExp(regex.source, `${regex.flags}i`).exec(text.toString('latin1'));
  return found ? { at: found.index, part: 1, exceptCase: true } : undefined;
}

/** Runs the pattern's automaton over the text and notes where it was closest to its end. */
function closest({ tree }: CompiledPattern, text: Buffer): Miss | undefined {
  const automaton = byteAutomaton([tree], { maxRepeatNodes: 200 });
  const left = bytesLeft(automaton);
  const start = automaton.starts[0] as number;
  const all = left[start] as number;
  const closure = new NodeClosure(automaton);
  closure.clear();
  closure.add(start, BEFORE_START, NEXT_ANY);
  let best: Miss | undefined;
  text.forEach((byte, at) => {
    const from = closure.nodes;
    closure.clear();
    for (const node of from) {
      if (automaton.kind[node] !== BYTES || !automaton.sets[automaton.operand[node] as number]?.[byte])
        continue;
      const next = automaton.next[node] as number;
      closure.add(next, BEFORE[byte] as number, NEXT_ANY);
      const part = 1 - (left[next] as number) / all;
      // Of equals the latest: it is what the reader of the message sees last.
      if (part >= (best?.part ?? 0)) best = { at, part, exceptCase: false };
    }
    closure.add(start, BEFORE[byte] as number, NEXT_ANY);
  });
  return best;
}

/** For each node the fewest bytes that lead from it to the end. */
function bytesLeft(automaton: ByteAutomaton): readonly number[] {
  const { kind, next, operand } = automaton;
  const left = kind.map((what) => (what === ACCEPT ? 0 : Number.POSITIVE_INFINITY));
  const through = (node: number): number => {
    if (kind[node] === BYTES) return 1 + (left[next[node] as number] as number);
    if (kind[node] === ASSERT) return left[next[node] as number] as number;
    if (kind[node] !== SPLIT) return 0;
    return Math.min(left[next[node] as number] as number, left[operand[node] as number] as number);
  };
  // Nodes are built from the end to the start, so that few rounds settle it.
  for (let changed = true; changed; ) {
    changed = false;
    for (let node = 0; node < kind.length; node++) {
      const now = through(node);
      if (now < (left[node] as number)) {
        left[node] = now;
        changed = true;
      }
    }
  }
  return left;
}

function lineAt(text: Buffer, at: number): string {
  // A match can end in the line end itself.
  const inside = Math.max(0, text[at] === NEWLINE ? at - 1 : at);
  const end = text.indexOf(NEWLINE, inside);
  const line = text.subarray(text.lastIndexOf(NEWLINE, inside) + 1, end < 0 ? text.length : end);
  return line.toString().replace(/\r+$/, '');
}
