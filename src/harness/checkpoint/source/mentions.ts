/** The names that a piece of code uses but doesn't declare, and the constructs whose meaning its text can't give. */
import { runningNode } from './erasure.ts';
import { memberName, type Part, partsOf } from './roles.ts';
import { isFunction, scopeOf } from './scopes.ts';
import { literalText, nodeIn, type SyntaxNode } from './syntax.ts';

/** One use of a name from outside. */
export interface Mention {
  readonly name: string;
  readonly offset: number;
  /** `write`: assigned to; `change`: a property of it is assigned to. */
  readonly use: 'read' | 'call' | 'write' | 'change';
  /** Happens when the code is evaluated, not when a function in it is called. */
  readonly eager: boolean;
  /** Called without arguments. */
  readonly bare: boolean;
  /** The property taken of it: `env` in `process.env`. */
  readonly member: string | undefined;
}

/** What isn't a name: `this`, `import.meta.env`, a computed `import()`. */
export interface Oddity {
  readonly text: string;
  readonly offset: number;
}

export interface DynamicImport {
  readonly specifier: string;
  readonly offset: number;
}

export interface Mentions {
  readonly names: readonly Mention[];
  readonly imports: readonly DynamicImport[];
  readonly oddities: readonly Oddity[];
}

interface Place {
  readonly scopes: readonly ReadonlySet<string>[];
  readonly eager: boolean;
  /** A function or class around gives `this` its meaning. */
  readonly ownThis: boolean;
}

/** What of `import.meta` a guest can't see a difference of: where the project lies. */
const META = new Set(['url', 'dirname', 'filename']);

const known = new WeakMap<SyntaxNode, Mentions>();

/** The same as `mentionsOf` for one node, kept for as long as the node is. */
export function mentionsIn(node: SyntaxNode): Mentions {
  const mentions = known.get(node) ?? mentionsOf([node]);
  known.set(node, mentions);
  return mentions;
}

/**
 * Everything that nodes mention of the outside, in the order of the text. Of a node that is a function itself,
 * `this` counts as the outside's: what a caller binds to it isn't in its text.
 */
export function mentionsOf(nodes: readonly SyntaxNode[]): Mentions {
  const found = { names: [] as Mention[], imports: [] as DynamicImport[], oddities: [] as Oddity[] };
  const walk = (part: Part, outer: Place): void => {
    const node = runningNode(part.node);
    if (!node) return;
    const odd = oddityOf(node, outer);
    if (odd) {
      found.oddities.push({ text: odd, offset: node.start });
      return;
    }
    if (node.type === 'Identifier') {
      const mention = mentionOf({ ...part, node }, outer);
      if (mention) found.names.push(mention);
      return;
    }
    const specifier = node.type === 'ImportExpression' ? literalText(nodeIn(node, 'source')) : undefined;
    if (specifier !== undefined) found.imports.push({ specifier, offset: node.start });
    const place = placeIn(part, node, outer, nodes.includes(part.node));
    for (const each of partsOf({ ...part, node })) {
      // As a whole it is an oddity; the member of it has just been looked at.
      if (node.type !== 'MemberExpression' || each.node.type !== 'MetaProperty') walk(each, place);
    }
  };
  for (const node of nodes) walk({ node, role: 'value' }, { scopes: [], eager: true, ownThis: false });
  return found;
}

function mentionOf({ node, role, bare, member }: Part, place: Place): Mention | undefined {
  const name = String(node.name);
  if (role === 'binds' || place.scopes.some((scope) => scope.has(name))) return undefined;
  const use = ({ value: 'read', callee: 'call', assigns: 'write', changes: 'change' } as const)[role];
  return { name, offset: node.start, use, eager: place.eager, bare: bare === true, member };
}

/** Where the parts of a node stand: its own names are known there, and a function's body runs later. */
function placeIn(part: Part, node: SyntaxNode, outer: Place, isRoot: boolean): Place {
  const declared = scopeOf(node);
  const scopes =
    declared.length > 0 ? [...outer.scopes, new Set(declared.map(({ name }) => name))] : outer.scopes;
  if (isFunction(node)) {
    const ownThis = outer.ownThis || (node.type !== 'ArrowFunctionExpression' && !isRoot);
    return { scopes, ownThis, eager: outer.eager && part.role === 'callee' };
  }
  if (/^(?:ClassBody|StaticBlock)$/.test(node.type)) return { ...outer, scopes, ownThis: true };
  if (/^(?:Property|Accessor)/.test(node.type) && node.type !== 'Property')
    return { ...outer, scopes, eager: outer.eager && node.static === true };
  return { ...outer, scopes };
}

function oddityOf(node: SyntaxNode, place: Place): string | undefined {
  switch (node.type) {
    case 'ThisExpression':
      return place.ownThis ? undefined : 'this';
    case 'ImportExpression':
      return literalText(nodeIn(node, 'source')) === undefined ? 'import() of a computed name' : undefined;
    case 'MetaProperty':
      return nodeIn(node, 'meta')?.name === 'import' ? 'import.meta as a whole' : undefined;
    case 'MemberExpression': {
      const object = nodeIn(node, 'object');
      if (object?.type !== 'MetaProperty' || nodeIn(object, 'meta')?.name !== 'import') return undefined;
      const name = memberName(node);
      return name !== undefined && META.has(name) ? undefined : `import.meta.${name ?? '[…]'}`;
    }
    case 'TSImportEqualsDeclaration':
      return 'import … = require()';
    default:
      return node.type.startsWith('JSX') ? 'JSX' : undefined;
  }
}
