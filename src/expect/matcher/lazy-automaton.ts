/**
 * One deterministic automaton for all patterns of a wait, whose states are built when the text first leads to
 * them. It reads each byte once, whatever the number of patterns, and its state is all that has to be carried
 * from one chunk to the next: where chunks are cut cannot matter.
 */
import { ACCEPT, ASSERT, BYTES, type ByteAutomaton } from '../pattern/byte-automaton.ts';
import {
  BEFORE,
  BEFORE_KINDS,
  BEFORE_LINE,
  BEFORE_START,
  type ByteClasses,
  byteClasses,
  whatMatters,
} from './byte-classes.ts';
import { NEXT_ANY, NEXT_UNKNOWN, NodeClosure } from './node-closure.ts';

/** Some 1 MB of tables at 64 byte classes. Consoles need a few hundred states. */
const MAX_STATES = 2048;
/** The row that stops the inner loop; in `marked`, what was not built yet. */
export const STOP = 0;

interface State {
  /** Where matches that have begun may stand. That one may begin here goes without saying. */
  readonly nodes: readonly number[];
  /** What the byte before says, as far as some pattern asks. */
  readonly before: number;
  /** The patterns that may end here. */
  readonly accepts: readonly number[];
}

/**
 * A place in the automaton is a row: the index of its first transition in the tables. A transition in `plain`
 * holds the next row where there is nothing to do but go on, else 0. `marked` holds the rest: the next row where
 * that accepts, 0 where it was not built yet. Row 0 stands for no state.
 */
export class LazyAutomaton {
  readonly #nodes: ByteAutomaton;
  readonly #closure: NodeClosure;
  /** For what is looked up while the other is being filled. */
  readonly #single: NodeClosure;
  readonly #classes: ByteClasses;
  readonly #states: State[] = [];
  readonly #rows = new Map<string, number>();
  /** For a byte before a place and the class of the one behind it, where matches that begin there stand. */
  readonly #beginnings: (readonly number[] | undefined)[];
  /** For a node and what its byte is to the next, the nodes that follow. */
  readonly #reached: (readonly number[] | undefined)[];
  /** For each BEFORE_… the one that stands for it: what no pattern asks about need not be told apart. */
  readonly #matters: readonly number[];
  plain: Int32Array;
  marked: Int32Array;
  /** Where reading begins at the cursor. */
  readonly start: number;
  /** Where reading begins in the middle of text. */
  readonly middle: number;
  /** Where a successor's reading goes on. */
  readonly entry: number;

  constructor(nodes: ByteAutomaton, classes: ByteClasses = byteClasses(nodes), entry?: State) {
    this.#nodes = nodes;
    this.#classes = classes;
    this.#closure = new NodeClosure(nodes);
    this.#single = new NodeClosure(nodes);
    this.#beginnings = new Array(BEFORE_KINDS * 256);
    this.#reached = new Array(nodes.kind.length * BEFORE_KINDS);
    this.plain = new Int32Array(16 * classes.count);
    this.marked = new Int32Array(16 * classes.count);
    // Row 0 stops.
    this.#states.push({ nodes: [], before: BEFORE_START, accepts: [] });
    this.#matters = whatMatters(nodes);
    this.start = this.#rowOf([], BEFORE_START);
    this.middle = this.#rowOf([], BEFORE_LINE);
    this.entry = entry ? this.#rowOf([...entry.nodes], entry.before) : this.middle;
  }

  /** Whether no more states fit: go on in the {@link successor}. */
  get full(): boolean {
    return this.#states.length >= MAX_STATES;
  }

  /** The class of each byte: its column in a row. */
  get classOf(): Uint8Array {
    return this.#classes.of;
  }

  get states(): number {
    return this.#states.length;
  }

  /** The patterns that may end at a row. */
  accepts(row: number): readonly number[] {
    return this.#state(row).accepts;
  }

  #state(row: number): State {
    return this.#states[row / this.#classes.count] as State;
  }

  /** A new automaton that has, of the states of this one, only that of `row`: its `entry`. */
  successor(row: number): LazyAutomaton {
    return new LazyAutomaton(this.#nodes, this.#classes, this.#state(row));
  }

  /** Builds the transition of `row` for the class of `byte`. */
  build(row: number, byte: number): void {
    const { nodes, before } = this.#state(row);
    const begun = this.#begun(before, byte);
    const from = this.#decided(nodes, before, byte);
    this.#closure.clear();
    this.#step(from, byte);
    this.#closure.addReached(begun);
    const target = this.#rowOf(this.#closure.nodes, BEFORE[byte] as number);
    const { plain, marked } = this;
    const table = this.accepts(target).length > 0 ? marked : plain;
    table[row + (this.#classes.of[byte] as number)] = target;
  }

  /** Where the matches stand that begin with `byte`. */
  #begun(before: number, byte: number): readonly number[] {
    const key = before * 256 + (this.#classes.of[byte] as number);
    let nodes = this.#beginnings[key];
    if (!nodes) {
      this.#closure.clear();
      for (const start of this.#nodes.starts) this.#closure.add(start, before, BEFORE[byte] as number);
      const from = this.#closure.nodes;
      this.#closure.clear();
      this.#step(from, byte);
      nodes = this.#closure.nodes;
      this.#beginnings[key] = nodes;
    }
    return nodes;
  }

  /** Adds to the closure where `byte` leads from some nodes. */
  #step(from: readonly number[], byte: number): void {
    const { kind, operand, sets } = this.#nodes;
    for (let i = 0; i < from.length; i++) {
      const node = from[i] as number;
      if (kind[node] === BYTES && (sets[operand[node] as number] as Uint8Array)[byte] === 1)
        this.#closure.addReached(this.#after(node, BEFORE[byte] as number));
    }
  }

  /** What is reached from a node with the byte it takes, which leaves `before`. */
  #after(node: number, before: number): readonly number[] {
    const key = node * BEFORE_KINDS + before;
    let nodes = this.#reached[key];
    if (!nodes) {
      this.#single.clear();
      this.#single.add(this.#nodes.next[node] as number, before, NEXT_UNKNOWN);
      nodes = this.#single.nodes;
      this.#reached[key] = nodes;
    }
    return nodes;
  }

  /** The nodes of a state once the next byte is known: what waited for it is decided. */
  #decided(nodes: readonly number[], before: number, byte: number): readonly number[] {
    if (!this.#waits(nodes)) return nodes;
    this.#closure.clear();
    for (let i = 0; i < nodes.length; i++)
      this.#closure.add(nodes[i] as number, before, BEFORE[byte] as number);
    return this.#closure.nodes;
  }

  #rowOf(unsorted: number[], after: number): number {
    const before = this.#matters[after] as number;
    const nodes = sorted(unsorted);
    const key = String.fromCharCode(before, ...nodes);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#states.push({ nodes, before, accepts: this.#accepted(nodes, before) }) - 1;
      row *= this.#classes.count;
      this.#rows.set(key, row);
      this.#fit(row);
    }
    return row;
  }

  #accepted(nodes: readonly number[], before: number): readonly number[] {
    const { kind, next } = this.#nodes;
    let ends = nodes;
    if (this.#waits(nodes)) {
      this.#closure.clear();
      for (let i = 0; i < nodes.length; i++) this.#closure.add(nodes[i] as number, before, NEXT_ANY);
      ends = this.#closure.nodes;
    }
    const accepts: number[] = [];
    for (let i = 0; i < ends.length; i++) {
      const node = ends[i] as number;
      if (kind[node] === ACCEPT) accepts.push(next[node] as number);
    }
    return sorted(accepts);
  }

  #waits(nodes: readonly number[]): boolean {
    const { kind } = this.#nodes;
    for (let i = 0; i < nodes.length; i++) if (kind[nodes[i] as number] === ASSERT) return true;
    return false;
  }

  #fit(row: number): void {
    if (row + this.#classes.count <= this.plain.length) return;
    this.plain = twiceAsLong(this.plain);
    this.marked = twiceAsLong(this.marked);
  }
}

/** In ascending order, in place: the few nodes of a state, nearly in order as they are. */
function sorted(nodes: number[]): readonly number[] {
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i] as number;
    let k = i - 1;
    for (; k >= 0 && (nodes[k] as number) > node; k--) nodes[k + 1] = nodes[k] as number;
    nodes[k + 1] = node;
  }
  return nodes;
}

function twiceAsLong(table: Int32Array): Int32Array {
  const longer = new Int32Array(table.length * 2);
  longer.set(table);
  return longer;
}
