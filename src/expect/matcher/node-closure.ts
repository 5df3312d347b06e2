/**
 * Which nodes of a byte automaton are reached without taking a byte.
 */
import { ACCEPT, ASSERT, BYTES, type ByteAutomaton, EDGES, SPLIT } from '../pattern/byte-automaton.ts';
import { BEFORE_LINE, BEFORE_START, BEFORE_UNKNOWN, BEFORE_WORD } from './byte-classes.ts';

/** What comes next is not known yet: `\b` and `\B` stay in the set and wait. */
export const NEXT_UNKNOWN = -1;
/** Let every `\b` and `\B` pass. */
export const NEXT_ANY = -2;

/** A set of nodes that is filled, read and emptied again without allocation. */
export class NodeClosure {
  readonly #automaton: ByteAutomaton;
  readonly #mark: Uint32Array;
  readonly #stack: number[] = [];
  #round = 1;
  /** The nodes that take a byte, accept or wait, in no order. */
  nodes: number[] = [];

  constructor(automaton: ByteAutomaton) {
    this.#automaton = automaton;
    this.#mark = new Uint32Array(automaton.kind.length);
  }

  clear(): void {
    this.#round++;
    this.nodes = [];
  }

  /** Adds the nodes of another closure: what they lead to without a byte is there as well. */
  addReached(nodes: readonly number[]): void {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as number;
      if (this.#mark[node] === this.#round) continue;
      this.#mark[node] = this.#round;
      this.nodes.push(node);
    }
  }

  /**
   * Adds what is reached from `node`. `before` is what the byte before says (BEFORE_…), `next` the same of the
   * byte that follows, or NEXT_UNKNOWN or NEXT_ANY.
   */
  add(node: number, before: number, next: number): void {
    const { kind, next: to, operand } = this.#automaton;
    const stack = this.#stack;
    stack.push(node);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (this.#mark[at] === this.#round) continue;
      this.#mark[at] = this.#round;
      switch (kind[at]) {
        case BYTES:
        case ACCEPT:
          this.nodes.push(at);
          break;
        case SPLIT:
          stack.push(operand[at] as number, to[at] as number);
          break;
        case ASSERT: {
          const edge = EDGES[operand[at] as number] as string;
          if (next === NEXT_UNKNOWN && (edge === 'word' || edge === 'not-word')) this.nodes.push(at);
          else if (holds(edge, before, next)) stack.push(to[at] as number);
        }
      }
    }
  }
}

/** Whether an assertion may hold between two bytes; in doubt yes. */
function holds(edge: string, before: number, next: number): boolean {
  if (edge === 'text-start') return before === BEFORE_START;
  if (edge === 'line-start')
    return before === BEFORE_START || before === BEFORE_LINE || before === BEFORE_UNKNOWN;
  if (next === NEXT_ANY || before === BEFORE_UNKNOWN || next === BEFORE_UNKNOWN) return true;
  const boundary = (before === BEFORE_WORD) !== (next === BEFORE_WORD);
  return boundary === (edge === 'word');
}
