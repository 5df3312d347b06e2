/**
 * Looks for many literals at once in one pass over bytes (Aho and Corasick's automaton, with every transition in a
 * table). Upper and lower case are the same to it, and no literal reaches over a line end.
 */

const NEWLINE = 10;
const RETURN = 13;
const ROOT = 0;
/** Beyond every row. */
const NOWHERE = 0x3fffffff;

interface Node {
  readonly children: Map<number, Node>;
  readonly finds: Set<number>;
  fallback: Node | undefined;
  row: number;
}

export class LiteralScan {
  readonly #classOf = new Uint8Array(256);
  readonly #next: Int32Array;
  /** What is found where a row is entered; rows from `#firstFinding` on find something. */
  readonly #finds: readonly (readonly number[])[];
  readonly #firstFinding: number;
  readonly #classes: number;

  /** @param literals in lower case; those with the same number are found as one */
  constructor(literals: readonly { readonly text: string; readonly number: number }[]) {
    const root = trie(literals);
    const nodes = linked(root);
    this.#classes = this.#classify(literals.map(({ text }) => text));
    // Rows that find something come last, so that one comparison tells them.
    const ordered = [
      root,
      ...nodes.filter(({ finds }) => finds.size === 0),
      ...nodes.filter(({ finds }) => finds.size > 0),
    ];
    ordered.forEach((node, index) => {
      node.row = index * this.#classes;
    });
    this.#finds = ordered.map(({ finds }) => [...finds]);
    const first = ordered.findIndex(({ finds }) => finds.size > 0);
    this.#firstFinding = first < 0 ? NOWHERE : first * this.#classes;
    this.#next = this.#table(root, nodes);
  }

  /** The row where reading begins. */
  get start(): number {
    return ROOT;
  }

  /**
   * Reads on from `place` to `end`, until behind the first byte that completes a literal, and moves `place` there.
   * Answers whether a literal was found.
   */
  read(bytes: Uint8Array, end: number, place: ScanPlace): boolean {
    if (place.at >= end) return false;
    const row = readOn(this.#next, this.#classOf, this.#firstFinding, bytes, end, place);
    return row >= this.#firstFinding;
  }

  /** The numbers of the literals that are complete at a row. */
  found(row: number): readonly number[] {
    return this.#finds[row / this.#classes] as readonly number[];
  }

  /** Gives each byte that occurs in a literal a column of its own, case apart; all others share column 0. */
  #classify(texts: readonly string[]): number {
    let classes = 1;
    for (const text of texts)
      for (const byte of Buffer.from(text)) {
        if (this.#classOf[byte] !== 0) continue;
        this.#classOf[byte] = classes;
        const upper = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
        this.#classOf[upper] = classes++;
      }
    this.#classOf[NEWLINE] = this.#classOf[RETURN] = 0;
    return classes;
  }

  #table(root: Node, nodes: readonly Node[]): Int32Array {
    const table = new Int32Array((nodes.length + 1) * this.#classes);
    for (const node of [root, ...nodes]) {
      // Nodes come by their depth: the row of the fallback is filled already.
      const from = node.fallback?.row ?? ROOT;
      if (node !== root) table.copyWithin(node.row, from, from + this.#classes);
      for (const [byte, child] of node.children)
        table[node.row + (this.#classOf[byte] as number)] = child.row;
    }
    return table;
  }
}

/** The inner loop, on its own so that the engine compiles it for itself. Answers the row that it came to. */
function readOn(
  next: Int32Array,
  classOf: Uint8Array,
  firstFinding: number,
  bytes: Uint8Array,
  end: number,
  place: ScanPlace,
): number {
  let row = place.row;
  let i = place.at;
  while (i < end) {
    row = next[row + (classOf[bytes[i++] as number] as number)] as number;
    if (row >= firstFinding) break;
  }
  place.at = i;
  place.row = row;
  return row;
}

/** Where a scan stands; changed by it. */
export interface ScanPlace {
  at: number;
  row: number;
}

function node(): Node {
  return { children: new Map(), finds: new Set(), fallback: undefined, row: 0 };
}

function trie(literals: readonly { readonly text: string; readonly number: number }[]): Node {
  const root = node();
  for (const { text, number } of literals) {
    let at = root;
    for (const byte of Buffer.from(text)) {
      let child = at.children.get(byte);
      if (!child) {
        child = node();
        at.children.set(byte, child);
      }
      at = child;
    }
    at.finds.add(number);
  }
  return root;
}

/** All nodes but the root by their depth, each with the longest other beginning that its text ends in. */
function linked(root: Node): Node[] {
  const nodes: Node[] = [];
  const waiting = [root];
  for (const at of waiting)
    for (const [byte, child] of at.children) {
      let fallback = at.fallback;
      while (fallback && !fallback.children.has(byte)) fallback = fallback.fallback;
      child.fallback = (at === root ? undefined : fallback?.children.get(byte)) ?? root;
      for (const found of child.fallback.finds) child.finds.add(found);
      nodes.push(child);
      waiting.push(child);
    }
  return nodes;
}
