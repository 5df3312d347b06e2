/**
 * Questions about two trees, or about what can follow in one, answered on their byte automata. These stand for
 * supersets, so that "no" is certain and "yes" may be a false alarm.
 */
import { ACCEPT, ASSERT, BYTES, type ByteAutomaton, byteAutomaton, SPLIT } from './byte-automaton.ts';
import type { PatternTree } from './tree.ts';

/** Pairs of places looked at before a question counts as answered with yes. */
const MAX_PAIRS = 50_000;
const NEWLINE = 10;

/** Whether a match of `shorter` may be the beginning of a longer match of `longer`. */
export function canExtend(shorter: PatternTree, longer: PatternTree): boolean {
  const automaton = byteAutomaton([shorter, longer], { maxRepeatNodes: 200 });
  const seen = new Set<number>();
  const waiting: [number, number][] = [];
  const visit = (a: number, b: number) => {
    for (const p of reached(automaton, a))
      for (const q of reached(automaton, b)) {
        const pair = p * automaton.kind.length + q;
        if (seen.has(pair)) continue;
        seen.add(pair);
        waiting.push([p, q]);
      }
  };
  visit(automaton.starts[0] as number, automaton.starts[1] as number);
  for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
    const [p, q] = pair;
    if (seen.size > MAX_PAIRS) return true;
    if (automaton.kind[q] !== BYTES) continue;
    if (automaton.kind[p] === ACCEPT) return true;
    if (meet(setOf(automaton, p), setOf(automaton, q)))
      visit(automaton.next[p] as number, automaton.next[q] as number);
  }
  return false;
}

/** Whether the tree can ask for anything behind a line end: then a line's end does not settle it. */
export function seesPastLineEnd(tree: PatternTree): boolean {
  const automaton = byteAutomaton([tree], { maxRepeatNodes: 200 });
  return automaton.kind.some(
    (kind, node) =>
      kind === BYTES &&
      setOf(automaton, node)[NEWLINE] === 1 &&
      reached(automaton, automaton.next[node] as number, true).some(
        (after) => automaton.kind[after] !== ACCEPT,
      ),
  );
}

/** The nodes that take a byte or accept, and with `asserts` those that assert, reached from `node` without a byte. */
function reached(automaton: ByteAutomaton, node: number, asserts = false): number[] {
  const seen = new Set([node]);
  for (const at of seen) {
    const kind = automaton.kind[at];
    if (kind === SPLIT) seen.add(automaton.operand[at] as number);
    if (kind === SPLIT || kind === ASSERT) seen.add(automaton.next[at] as number);
  }
  return [...seen].filter((at) => {
    const kind = automaton.kind[at];
    return kind === BYTES || kind === ACCEPT || (asserts && kind === ASSERT);
  });
}

function setOf(automaton: ByteAutomaton, node: number): Uint8Array {
  return automaton.sets[automaton.operand[node] as number] as Uint8Array;
}

function meet(a: Uint8Array, b: Uint8Array): boolean {
  return a.some((flag, byte) => flag === 1 && b[byte] === 1);
}
