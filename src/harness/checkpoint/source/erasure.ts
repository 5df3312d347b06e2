/**
 * What of a syntax tree runs. Types are left out, as Node and Vitest leave them out: a change of a type alone
 * can't change what a step does. So are positions, comments, parentheses and the kind of quotes.
 */
import { isNode, nodeIn, nodesIn, type SyntaxNode } from './syntax.ts';

/** Wrappers around an expression that say something of its type only. */
const TYPE_WRAPPERS = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'ParenthesizedExpression',
]);

const TYPE_ONLY = /^TS(?:Interface|TypeAlias)Declaration$|^TSDeclareFunction$|^TSAbstract|^TSIndexSignature$/;

const IGNORED_FIELDS = new Set([
  'type',
  'start',
  'end',
  'parent',
  'raw',
  // Types and what goes with them.
  'typeAnnotation',
  'typeArguments',
  'typeParameters',
  'superTypeArguments',
  'returnType',
  'implements',
  'declare',
  'abstract',
  'accessibility',
  'definite',
  'override',
  'readonly',
  'importKind',
  'exportKind',
  // `{ a }` is `{ a: a }`.
  'shorthand',
]);

/** The node that runs: without wrappers of types; `undefined` when nothing of it does. */
export function runningNode(node: SyntaxNode): SyntaxNode | undefined {
  if (TYPE_WRAPPERS.has(node.type)) {
    const inner = nodeIn(node, 'expression');
    return inner && runningNode(inner);
  }
  if (TYPE_ONLY.test(node.type) || node.declare === true) return undefined;
  if (node.importKind === 'type' || node.exportKind === 'type') return undefined;
  if (nodeIn(node, 'value')?.type === 'TSEmptyBodyFunctionExpression') return undefined;
  return node;
}

/** The fields that count, in the order of the parser; lists are without what doesn't run. */
export function runningFields(node: SyntaxNode): [string, unknown][] {
  const fields: [string, unknown][] = [];
  for (const [name, value] of Object.entries(node)) {
    if (IGNORED_FIELDS.has(name) || value === null || value === undefined) continue;
    // Only on these is it the operator `?.`; elsewhere it marks an optional parameter or property.
    if (name === 'optional' && !/^(?:Member|Call)Expression$/.test(node.type)) continue;
    if (isNode(value)) fields.push([name, runningNode(value)]);
    else if (Array.isArray(value)) fields.push([name, runningList(node, name, value)]);
    else fields.push([name, value]);
  }
  return fields.filter(([, value]) => value !== undefined);
}

/** The nodes directly below that run. */
export function runningChildren(node: SyntaxNode): SyntaxNode[] {
  return runningFields(node).flatMap(([, value]) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

function runningList(
  node: SyntaxNode,
  field: string,
  list: readonly unknown[],
): readonly unknown[] | undefined {
  const running = list.flatMap((item) => {
    if (!isNode(item)) return [item];
    if (item.type === 'EmptyStatement') return [];
    return runningNode(item) ?? [];
  });
  if (field === 'decorators' && running.length === 0) return undefined;
  // `function f(this: T)` declares no parameter.
  const first = running[0];
  const isThis = field === 'params' && isNode(first) && first.type === 'Identifier' && first.name === 'this';
  return isThis && nodesIn(node, 'params').length > 0 ? running.slice(1) : running;
}
