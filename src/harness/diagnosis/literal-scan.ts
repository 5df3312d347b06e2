/**
 * Looks for many literals at once in one pass over bytes (Aho and Corasick's automaton). Upper and lower case are the
 * same to it, and no literal reaches over a line end.
 *
 * What text is full of are the first letters of literals: those states have a table row each, with every transition
 * in it. Deep inside a literal there is one way on; such a state is only that letter, where it leads, and where to go on
 * looking otherwise. All of it stays in a processor's cache so.
 */

const NEWLINE = 10;
const RETURN = 13;
const ROOT = 0;
/** States at least this deep need no row where they have one child. */
const DEEP = 3;

interface Node {
  readonly children: Map<number, Node>;
  readonly finds: Set<number>;
  readonly depth: number;
  fallback: Node | undefined;
  state: number;
}

/** All states: rows first, then the deep ones; those that find something stand in the middle. */
interface Automaton {
  readonly classOf: Uint8Array;
  readonly rows: Int32Array;
  readonly firstDeep: number;
  /** The states from `firstFinding` to before `endOfFinding` find something. */
  readonly firstFinding: number;
  readonly endOfFinding: number;
  /** Of each deep state: the one letter that leads on, the state it leads to, and the state to fall back to. */
  readonly letter: Uint8Array;
  readonly child: Int32Array;
  readonly fallback: Int32Array;
}

export class LiteralScan {
  readonly #automaton: Automaton;
  /** What is found where a state is entered. */
  readonly #finds = new Map<number, readonly number[]>();

  /** @param literals in lower case; those with the same number are found as one */
  constructor(literals: readonly { readonly text: string; readonly number: number }[]) {
    const nodes = linked(trie(literals));
    this.#automaton = automaton(nodes, classified(literals.map(({ text }) => text)));
    for (const { state, finds } of nodes) if (finds.size > 0) this.#finds.set(state, [...finds]);
  }

  /** The state where reading begins. */
  get start(): number {
    return ROOT;
  }

  /**
   * Reads on from `place` to `end`, until behind the first byte that completes a literal, and moves `place` there.
   * Answers whether a literal was found.
   */
  read(bytes: Uint8Array, end: number, place: ScanPlace): boolean {
    if (place.at >= end) return false;
    const { firstFinding, endOfFinding } = this.#automaton;
    const state = readOn(this.#automaton, bytes, end, place);
    return state >= firstFinding && state < endOfFinding;
  }

  /** The numbers of the literals that are complete in a state. */
  found(state: number): readonly number[] {
    return this.#finds.get(state) as readonly number[];
  }
}

/** The inner loop, on its own so that the engine compiles it for itself. Answers the state that it came to. */
function readOn(
  { classOf, rows, firstDeep, firstFinding, endOfFinding, letter, child, fallback }: Automaton,
  bytes: Uint8Array,
  end: number,
  place: ScanPlace,
): number {
  let state = place.state;
  let i = place.at;
  while (i < end) {
    const column = classOf[bytes[i++] as number] as number;
    while (state >= firstDeep && letter[state - firstDeep] !== column)
      state = fallback[state - firstDeep] as number;
    state = (state >= firstDeep ? child[state - firstDeep] : rows[state + column]) as number;
    if (state >= firstFinding && state < endOfFinding) break;
  }
  place.at = i;
  place.state = state;
  return state;
}

/** Where a scan stands; changed by it. */
export interface ScanPlace {
  at: number;
  state: number;
}

/** Gives each byte that occurs in a literal a column of its own, case apart; all others share column 0. */
function classified(texts: readonly string[]): { classOf: Uint8Array; columns: number } {
  const classOf = new Uint8Array(256);
  let columns = 1;
  for (const text of texts)
    for (const byte of Buffer.from(text)) {
      if (classOf[byte] !== 0) continue;
      classOf[byte] = columns;
      const upper = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
      classOf[upper] = columns++;
    }
  classOf[NEWLINE] = classOf[RETURN] = 0;
  return { classOf, columns };
}

/** Numbers the nodes as states and writes down where each leads. */
function automaton(
  nodes: readonly Node[],
  { classOf, columns }: { classOf: Uint8Array; columns: number },
): Automaton {
  const inRow = nodes.filter((node) => !isDeep(node));
  const isFinding = ({ finds }: Node) => finds.size > 0;
  const rowed = [...inRow.filter((node) => !isFinding(node)), ...inRow.filter(isFinding)];
  const deep = nodes.filter(isDeep);
  const ordered = [
    ...deep.filter(isFinding),
    ...inDepthFirstOrder(nodes[0] as Node).filter((node) => isDeep(node) && !isFinding(node)),
  ];
  const firstDeep = rowed.length * columns;
  rowed.forEach((node, index) => {
    node.state = index * columns;
  });
  ordered.forEach((node, index) => {
    node.state = firstDeep + index;
  });
  return {
    classOf,
    rows: rowsOf(nodes, classOf, firstDeep),
    firstDeep,
    firstFinding: rowed.find(isFinding)?.state ?? firstDeep,
    endOfFinding: firstDeep + deep.filter(isFinding).length,
    // No byte has a column of that number: a deep state without a child falls back at once.
    letter: Uint8Array.from(ordered, ({ children: [first] }) =>
      first ? (classOf[first[0]] as number) : 255,
    ),
    child: Int32Array.from(ordered, ({ children: [first] }) => first?.[1].state ?? ROOT),
    fallback: Int32Array.from(ordered, ({ fallback }) => fallback?.state ?? ROOT),
  };
}

function rowsOf(nodes: readonly Node[], classOf: Uint8Array, length: number): Int32Array {
  const rows = new Int32Array(length);
  const leadsTo = (from: Node | undefined, byte: number): Node | undefined => {
    for (let at = from; at; at = at.fallback) {
      const child = at.children.get(byte);
      if (child) return child;
    }
    return undefined;
  };
  const letters = Array.from({ length: 256 }, (_, byte) => byte).filter(
    (byte) =>
      classOf[byte] !== 0 && !(byte >= 0x41 && byte <= 0x5a && classOf[byte] === classOf[byte + 0x20]),
  );
  for (const node of nodes)
    if (!isDeep(node))
      for (const byte of letters)
        rows[node.state + (classOf[byte] as number)] = leadsTo(node, byte)?.state ?? ROOT;
  return rows;
}

function isDeep({ depth, children }: Node): boolean {
  return depth >= DEEP && children.size <= 1;
}

/** States that follow one another stand side by side. */
function inDepthFirstOrder(root: Node): Node[] {
  const ordered: Node[] = [];
  const waiting = [root];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    ordered.push(at);
    waiting.push(...at.children.values());
  }
  return ordered;
}

function node(depth: number): Node {
  return { children: new Map(), finds: new Set(), depth, fallback: undefined, state: ROOT };
}

function trie(literals: readonly { readonly text: string; readonly number: number }[]): Node {
  const root = node(0);
  for (const { text, number } of literals) {
    let at = root;
    for (const byte of Buffer.from(text)) {
      let child = at.children.get(byte);
      if (!child) {
        child = node(at.depth + 1);
        at.children.set(byte, child);
      }
      at = child;
    }
    at.finds.add(number);
  }
  return root;
}

/** All nodes by their depth, the root first, each with the longest other beginning that its text ends in. */
function linked(root: Node): Node[] {
  const waiting = [root];
  for (const at of waiting)
    for (const [byte, child] of at.children) {
      let fallback = at.fallback;
      while (fallback && !fallback.children.has(byte)) fallback = fallback.fallback;
      child.fallback = (at === root ? undefined : fallback?.children.get(byte)) ?? root;
      for (const found of child.fallback.finds) child.finds.add(found);
      waiting.push(child);
    }
  return waiting;
}
