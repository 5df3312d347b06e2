/**
 * How far a pattern can reach: the least and the most bytes it can match, and the most line ends among them.
 *
 * A repeat without a limit is at home within a line (`.*`, `\d+`): there the line's end is its limit and its
 * length counts as Infinity. One that can run over line ends has no limit at all: `lineEnds` is Infinity.
 */
import type { CharacterSet, PatternTree } from './tree.ts';

export interface Extent {
  /** In characters; only 0 or more matters. */
  readonly min: number;
  /** In bytes. */
  readonly max: number;
  readonly lineEnds: number;
}

const NOTHING: Extent = { min: 0, max: 0, lineEnds: 0 };
const NEWLINE = 10;

export function extentOf(tree: PatternTree): Extent {
  switch (tree.kind) {
    case 'chars':
      return { min: 1, max: longestCharacter(tree.set), lineEnds: tree.set.ascii[NEWLINE] ? 1 : 0 };
    case 'strings':
      return { min: 1, max: Infinity, lineEnds: 0 };
    case 'sequence':
      return tree.items.map(extentOf).reduce(added, NOTHING);
    case 'choice':
      return tree.options.map(extentOf).reduce(either);
    case 'repeat':
      return repeated(extentOf(tree.body), tree.min, tree.max);
    case 'copy':
      return extentOf(tree.like);
    default:
      return NOTHING;
  }
}

/** The longest look-behind of the pattern: how far before its match it can see. */
export function looksBehind(tree: PatternTree): Extent {
  const parts = looks(tree).filter((look) => !look.ahead);
  // A look-behind inside a look-behind begins where the outer one may end: their sum is safe.
  return parts.map(({ body }) => added(extentOf(body), looksBehind(body))).reduce(either, NOTHING);
}

/** Every look-around in the tree, outer ones only. */
export function looks(tree: PatternTree): readonly Extract<PatternTree, { kind: 'look' }>[] {
  switch (tree.kind) {
    case 'look':
      return [tree];
    case 'sequence':
      return tree.items.flatMap(looks);
    case 'choice':
      return tree.options.flatMap(looks);
    case 'repeat':
      return looks(tree.body);
    default:
      return [];
  }
}

/** The repeats that can run over any number of lines, innermost first. */
export function endlessRepeats(tree: PatternTree): readonly Extract<PatternTree, { kind: 'repeat' }>[] {
  switch (tree.kind) {
    case 'repeat': {
      const inner = endlessRepeats(tree.body);
      return extentOf(tree).lineEnds === Infinity ? [...inner, tree] : inner;
    }
    case 'sequence':
      return tree.items.flatMap(endlessRepeats);
    case 'choice':
      return tree.options.flatMap(endlessRepeats);
    case 'look':
      return endlessRepeats(tree.body);
    default:
      return [];
  }
}

function longestCharacter(set: CharacterSet): number {
  if (set.beyond === 'any') return 4;
  return set.beyond ? set.beyond.length : 1;
}

function added(a: Extent, b: Extent): Extent {
  return { min: a.min + b.min, max: a.max + b.max, lineEnds: a.lineEnds + b.lineEnds };
}

function either(a: Extent, b: Extent): Extent {
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    lineEnds: Math.max(a.lineEnds, b.lineEnds),
  };
}

function repeated(body: Extent, min: number, max: number): Extent {
  // Infinity times nothing is nothing, not NaN.
  const times = (count: number, each: number) => (each === 0 || count === 0 ? 0 : count * each);
  return { min: times(min, body.min), max: times(max, body.max), lineEnds: times(max, body.lineEnds) };
}
