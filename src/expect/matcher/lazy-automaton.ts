/**
 * One deterministic automaton for all patterns of a wait, whose states are built when the text first leads to
 * them. It reads each byte once, whatever the number of patterns, and its state is all that has to be carried
 * from one chunk to the next: where chunks are cut cannot matter.
 */
import { ACCEPT, ASSERT, BYTES, type ByteAutomaton } from '../pattern/byte-automaton.ts';
import { BEFORE, BEFORE_START, type ByteClasses, byteClasses } from './byte-classes.ts';
import { NEXT_ANY, NEXT_UNKNOWN, NodeClosure } from './node-closure.ts';

/** Some 0.5 MB of table at 64 byte classes. Consoles need a few hundred states. */
const MAX_STATES = 2048;
const NOT_BUILT = -1;
const NONE: readonly number[] = [];

interface State {
  readonly nodes: readonly number[];
  /** What the byte before says; kept only where a node waits for the next byte. */
  readonly before: number;
  /** The patterns that may end here. */
  readonly accepts: readonly number[];
}

/**
 * A place in the automaton is a row: the index of its first transition in the table. A transition holds the
 * next row, `-2 - row` where that row accepts, or -1 where it was not built yet: one sign test in the inner
 * loop finds all that is not plain going on.
 */
export class LazyAutomaton {
  readonly #nodes: ByteAutomaton;
  readonly #closure: NodeClosure;
  readonly #classes: ByteClasses;
  readonly #states: State[] = [];
  readonly #rows = new Map<string, number>();
  #table: Int32Array;
  /** Where reading begins at the cursor. */
  readonly start: number;
  /** Where reading begins in the middle of text. */
  readonly middle: number;
  /** The row where the last {@link run} stopped. */
  row: number;
  /** Whether it stopped because that row accepts. */
  hit = false;

  constructor(nodes: ByteAutomaton, classes: ByteClasses = byteClasses(nodes)) {
    this.#nodes = nodes;
    this.#classes = classes;
    this.#closure = new NodeClosure(nodes);
    this.#table = new Int32Array(16 * classes.count).fill(NOT_BUILT);
    this.start = this.row = this.#startRow(BEFORE_START);
    this.middle = this.#startRow(BEFORE[0x0a] as number);
  }

  /** Whether no more states fit: go on in the {@link successor}. */
  get full(): boolean {
    return this.#states.length >= MAX_STATES;
  }

  get states(): number {
    return this.#states.length;
  }

  /** The patterns that may end at a row. */
  accepts(row: number): readonly number[] {
    return (this.#states[row / this.#classes.count] as State).accepts;
  }

  /** A new automaton with no states but the one at `row`, where its `row` stands. */
  successor(row: number): LazyAutomaton {
    const next = new LazyAutomaton(this.#nodes, this.#classes);
    const { nodes, before } = this.#states[row / this.#classes.count] as State;
    next.row = next.#rowOf([...nodes], before);
    return next;
  }

  /**
   * Reads `bytes[at, end)` from `row` on and stops behind the first byte that leads to an accepting row (a
   * {@link hit}), where it is {@link full}, or at `end`. Answers where; {@link row} is the row there.
   */
  run(bytes: Uint8Array, at: number, end: number, row: number): number {
    const classOf = this.#classes.of;
    let table = this.#table;
    let i = at;
    let now = row;
    while (i < end) {
      const next = table[now + (classOf[bytes[i] as number] as number)] as number;
      if (next >= 0) {
        now = next;
        i++;
        continue;
      }
      if (next === NOT_BUILT) {
        if (this.full) break;
        this.#build(now, bytes[i] as number);
        table = this.#table;
        continue;
      }
      this.row = -2 - next;
      this.hit = true;
      return i + 1;
    }
    this.row = now;
    this.hit = false;
    return i;
  }

  #startRow(before: number): number {
    this.#closure.clear();
    for (const node of this.#nodes.starts) this.#closure.add(node, before, NEXT_UNKNOWN);
    return this.#rowOf(this.#closure.nodes, before);
  }

  /** Builds the transition of `row` for the class of `byte`. */
  #build(row: number, byte: number): void {
    const { kind, next, operand, sets, starts } = this.#nodes;
    const before = BEFORE[byte] as number;
    const from = this.#waited(this.#states[row / this.#classes.count] as State, before);
    this.#closure.clear();
    for (const node of from)
      if (kind[node] === BYTES && (sets[operand[node] as number] as Uint8Array)[byte] === 1)
        this.#closure.add(next[node] as number, before, NEXT_UNKNOWN);
    // A match can begin anywhere.
    for (const node of starts) this.#closure.add(node, before, NEXT_UNKNOWN);
    const target = this.#rowOf(this.#closure.nodes, before);
    this.#table[row + (this.#classes.of[byte] as number)] =
      this.accepts(target).length > 0 ? -2 - target : target;
  }

  /** The nodes of a state once the next byte is known: what waited for it is decided. */
  #waited(state: State, next: number): readonly number[] {
    const { kind } = this.#nodes;
    const waiting = state.nodes.filter((node) => kind[node] === ASSERT);
    if (waiting.length === 0) return state.nodes;
    this.#closure.clear();
    for (const node of state.nodes) this.#closure.add(node, state.before, next);
    return this.#closure.nodes;
  }

  #rowOf(unsorted: number[], before: number): number {
    const { kind, next } = this.#nodes;
    const nodes = unsorted.sort((a, b) => a - b);
    const waits = nodes.some((node) => kind[node] === ASSERT);
    const key = String.fromCharCode(waits ? before : 0xffff, ...nodes);
    let row = this.#rows.get(key);
    if (row === undefined) {
      if (waits) {
        this.#closure.clear();
        for (const node of nodes) this.#closure.add(node, before, NEXT_ANY);
      }
      const ends = (waits ? this.#closure.nodes : nodes).filter((node) => kind[node] === ACCEPT);
      const accepts = ends.length > 0 ? ends.map((node) => next[node] as number).sort((a, b) => a - b) : NONE;
      row = (this.#states.push({ nodes, before, accepts }) - 1) * this.#classes.count;
      this.#rows.set(key, row);
      this.#fit(row);
    }
    return row;
  }

  #fit(row: number): void {
    if (row + this.#classes.count <= this.#table.length) return;
    const table = new Int32Array(this.#table.length * 2).fill(NOT_BUILT);
    table.set(this.#table);
    this.#table = table;
  }
}
