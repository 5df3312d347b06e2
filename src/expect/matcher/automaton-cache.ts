/**
 * A wait in a scenario often has the patterns of the one before: their automaton, with the states that the
 * console has led to so far, is kept.
 */
import { byteAutomaton } from '../pattern/byte-automaton.ts';
import type { CompiledPattern } from '../pattern/pattern.ts';
import { LazyAutomaton } from './lazy-automaton.ts';

/** Pattern sets kept. A set takes some 100 KB, 2 MB when it is nasty. */
const MAX_SETS = 32;
/** Counted repeats are written out up to this many nodes, so that hits are real ones. */
const FINE = 2000;
/** In the coarse automaton they are loops: few states, more hits to verify. */
const COARSE = 6;
/** Node numbers are kept in characters of 16 bits. */
const MAX_NODES = 60_000;

export type Grain = 'fine' | 'coarse';

const kept = new Map<string, LazyAutomaton>();

/** The automaton of a list of patterns; the order of the list matters. */
export function automatonFor(patterns: readonly CompiledPattern[], grain: Grain): LazyAutomaton {
  const key = keyOf(patterns, grain);
  let automaton = kept.get(key);
  if (!automaton) {
    automaton = build(patterns, grain);
    if (kept.size >= MAX_SETS) kept.clear();
    kept.set(key, automaton);
  }
  return automaton;
}

/** Puts the successor of a full automaton in its place. */
export function keep(patterns: readonly CompiledPattern[], grain: Grain, automaton: LazyAutomaton): void {
  kept.set(keyOf(patterns, grain), automaton);
}

function build(patterns: readonly CompiledPattern[], grain: Grain): LazyAutomaton {
  const trees = patterns.map(({ tree }) => tree);
  const nodes = byteAutomaton(trees, { maxRepeatNodes: grain === 'fine' ? FINE : COARSE });
  if (nodes.kind.length <= MAX_NODES) return new LazyAutomaton(nodes);
  return new LazyAutomaton(byteAutomaton(trees, { maxRepeatNodes: COARSE }));
}

function keyOf(patterns: readonly CompiledPattern[], grain: Grain): string {
  let key: string = grain;
  for (const { id } of patterns) key += `,${id}`;
  return key;
}
