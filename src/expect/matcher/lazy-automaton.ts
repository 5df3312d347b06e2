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
/** The row that stops the inner loop; in `#marked`, what was not built yet. */
const STOP = 0;
const NONE: readonly number[] = [];

interface State {
  readonly nodes: readonly number[];
  /** What the byte before says; kept only where a node waits for the next byte. */
  readonly before: number;
  /** The patterns that may end here. */
  readonly accepts: readonly number[];
}

/**
 * A place in the automaton is a row: the index of its first transition in the tables. A transition in `#plain`
 * holds the next row where there is nothing to do but go on, else 0; row 0 leads nowhere but to itself, so that
 * the inner loop has to look only every few bytes. `#marked` holds the rest: the next row where that accepts,
 * 0 where it was not built yet.
 */
export class LazyAutomaton {
  readonly #nodes: ByteAutomaton;
  readonly #closure: NodeClosure;
  readonly #classes: ByteClasses;
  readonly #states: State[] = [];
  readonly #rows = new Map<string, number>();
  #plain: Int32Array;
  #marked: Int32Array;
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
    this.#plain = new Int32Array(16 * classes.count);
    this.#marked = new Int32Array(16 * classes.count);
    // Row 0 stops.
    this.#states.push({ nodes: [], before: BEFORE_START, accepts: NONE });
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
    this.row = row;
    this.hit = false;
    let i = at;
    while (i < end) {
      i = this.#goOn(bytes, i, end);
      for (const near = Math.min(end, i + 4); i < near; i++) {
        if (this.hit || !this.#take(bytes[i] as number)) return i;
      }
      if (this.hit) return i;
    }
    return i;
  }

  /** The inner loop: goes on while there is nothing to do, stops up to four bytes before there is. */
  #goOn(bytes: Uint8Array, at: number, end: number): number {
    const { of } = this.#classes;
    const plain = this.#plain;
    let i = at;
    let row = this.row;
    // To read a byte is to wait for the row before it. A look at the row costs less when it is taken rarely.
    for (const last = end - 3; i < last; i += 4) {
      const one = plain[row + (of[bytes[i] as number] as number)] as number;
      const two = plain[one + (of[bytes[i + 1] as number] as number)] as number;
      const three = plain[two + (of[bytes[i + 2] as number] as number)] as number;
      const four = plain[three + (of[bytes[i + 3] as number] as number)] as number;
      if (four === STOP) break;
      row = four;
    }
    this.row = row;
    return i;
  }

  /** Reads one byte; false where it leads to a state that there is no room for. */
  #take(byte: number): boolean {
    const transition = this.row + (this.#classes.of[byte] as number);
    if (this.#plain[transition] === STOP && this.#marked[transition] === STOP) {
      if (this.full) return false;
      this.#build(this.row, byte);
    }
    this.hit = this.#plain[transition] === STOP;
    this.row = (this.hit ? this.#marked[transition] : this.#plain[transition]) as number;
    return true;
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
    const table = this.accepts(target).length > 0 ? this.#marked : this.#plain;
    table[row + (this.#classes.of[byte] as number)] = target;
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
    if (row + this.#classes.count <= this.#plain.length) return;
    this.#plain = twiceAsLong(this.#plain);
    this.#marked = twiceAsLong(this.#marked);
  }
}

function twiceAsLong(table: Int32Array): Int32Array {
  const longer = new Int32Array(table.length * 2);
  longer.set(table);
  return longer;
}
