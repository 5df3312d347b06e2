/**
 * Pattern tree → automaton over bytes (Thompson's construction) for a superset of what the pattern matches:
 * the JavaScript engine has the last word on every hit, so what bytes cannot tell is let through.
 *
 * - Look-arounds and `$` are passed freely; `^`, `\b` and `\B` are kept and decided by the neighbours.
 * - A character beyond ASCII that is not exactly known is one or more bytes above 0x7F.
 * - A counted repeat that would grow too large becomes a loop.
 */
import type { EdgeKind, PatternTree } from './tree.ts';

/** What a node does. */
export const BYTES = 0;
export const SPLIT = 1;
export const ASSERT = 2;
export const ACCEPT = 3;

/** Nodes are numbers; the arrays run in parallel. */
export interface ByteAutomaton {
  readonly kind: readonly number[];
  /** Where a node leads; for ACCEPT the number of the pattern. */
  readonly next: readonly number[];
  /** The other way of a SPLIT, the number of the set of BYTES, the place in `EDGES` of an ASSERT. */
  readonly operand: readonly number[];
  /** The byte sets: a flag for each byte. */
  readonly sets: readonly Uint8Array[];
  /** Where each pattern begins. */
  readonly starts: readonly number[];
}

/** The assertions that an automaton keeps. */
export const EDGES: readonly EdgeKind[] = ['text-start', 'line-start', 'word', 'not-word'];

export interface AutomatonOptions {
  /** A counted repeat that takes more nodes than this becomes a loop. */
  readonly maxRepeatNodes?: number;
}

export function byteAutomaton(trees: readonly PatternTree[], options: AutomatonOptions = {}): ByteAutomaton {
  const builder = new Builder(options.maxRepeatNodes ?? 2000);
  const starts = trees.map((tree, pattern) => builder.add(tree, builder.node(ACCEPT, pattern, 0)));
  return { ...builder, starts };
}

class Builder {
  readonly kind: number[] = [];
  readonly next: number[] = [];
  readonly operand: number[] = [];
  readonly sets: Uint8Array[] = [];
  readonly #maxRepeatNodes: number;
  readonly #setNumbers = new Map<Uint8Array, number>();

  constructor(maxRepeatNodes: number) {
    this.#maxRepeatNodes = maxRepeatNodes;
  }

  node(kind: number, next: number, operand: number): number {
    this.kind.push(kind);
    this.next.push(next);
    this.operand.push(operand);
    return this.kind.length - 1;
  }

  /** Adds the nodes of a tree in front of the node `next`; the answer is the first of them. */
  add(tree: PatternTree, next: number): number {
    switch (tree.kind) {
      case 'chars':
        return this.#character(tree.set.ascii, tree.set.beyond, next);
      case 'strings':
        return this.#bytes(
          IN_LINE,
          this.#loop((back) => this.#bytes(IN_LINE, back), next),
        );
      case 'sequence':
        return tree.items.reduceRight((after, item) => this.add(item, after), next);
      case 'choice':
        return tree.options
          .map((option) => this.add(option, next))
          .reduceRight((b, a) => this.node(SPLIT, a, b));
      case 'repeat':
        return this.#repeat(tree, next);
      case 'copy':
        return this.add(tree.like, next);
      case 'look':
        return next;
      case 'edge': {
        const edge = EDGES.indexOf(tree.at);
        return edge < 0 ? next : this.node(ASSERT, next, edge);
      }
    }
  }

  #repeat(tree: Extract<PatternTree, { kind: 'repeat' }>, next: number): number {
    const { body, min, max } = tree;
    const anyBytes = max === Infinity && body.kind === 'chars' && body.set.beyond === 'any';
    // `.*` and its like, over and over in real patterns: one node, as no character is told from another.
    const once = (after: number) =>
      anyBytes ? this.#bytes(withHighBytes(body.set.ascii), after) : this.add(body, after);
    const copies = max === Infinity ? min : max;
    const fits = size(body) * copies <= this.#maxRepeatNodes;
    let at = next;
    if (max === Infinity || !fits) at = this.#loop(once, next);
    else for (let i = min; i < max; i++) at = this.node(SPLIT, once(at), next);
    for (let i = 0; i < (fits ? min : Math.min(min, 1)); i++) at = once(at);
    return at;
  }

  /** Zero or more times. */
  #loop(body: (back: number) => number, next: number): number {
    const split = this.node(SPLIT, next, next);
    this.operand[split] = body(split);
    return split;
  }

  #character(ascii: Uint8Array, beyond: Uint8Array | 'any' | undefined, next: number): number {
    const inAscii = ascii.includes(1) ? this.#bytes(ascii, next) : -1;
    if (beyond === undefined) return inAscii < 0 ? this.#bytes(NONE, next) : inAscii;
    const outside =
      beyond === 'any'
        ? this.#bytes(
            HIGH,
            this.#loop((back) => this.#bytes(HIGH, back), next),
          )
        : beyond.reduceRight((after, byte) => this.#bytes(single(byte), after), next);
    return inAscii < 0 ? outside : this.node(SPLIT, inAscii, outside);
  }

  /** A node that takes one byte of a set; sets are told apart by identity, so they are made once. */
  #bytes(set: Uint8Array, next: number): number {
    let number = this.#setNumbers.get(set);
    if (number === undefined) {
      number = this.sets.push(set) - 1;
      this.#setNumbers.set(set, number);
    }
    return this.node(BYTES, next, number);
  }
}

const NONE = new Uint8Array(256);
const HIGH = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x80 ? 1 : 0));
const IN_LINE = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x0a ? 0 : 1));
const withHigh = new WeakMap<Uint8Array, Uint8Array>();
const singles: Uint8Array[] = [];

function withHighBytes(ascii: Uint8Array): Uint8Array {
  let set = withHigh.get(ascii);
  if (!set) {
    set = ascii.map((flag, byte) => flag | (HIGH[byte] as number));
    withHigh.set(ascii, set);
  }
  return set;
}

function single(byte: number): Uint8Array {
  singles[byte] ??= Uint8Array.from(HIGH, (_, other) => (other === byte ? 1 : 0));
  return singles[byte];
}

/** About how many nodes a tree takes, with its counted repeats written out. */
function size(tree: PatternTree): number {
  switch (tree.kind) {
    case 'sequence':
      return tree.items.reduce((sum, item) => sum + size(item), 0);
    case 'choice':
      return tree.options.reduce((sum, option) => sum + size(option) + 1, 0);
    case 'repeat':
      return (size(tree.body) + 1) * Math.max(1, tree.max === Infinity ? tree.min + 1 : tree.max);
    case 'copy':
      return size(tree.like);
    default:
      return 2;
  }
}
