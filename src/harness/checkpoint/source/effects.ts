/** Which top-level statements do something when a module is loaded, beyond giving a value to a name. */

import { runningNode } from './erasure.ts';
import { isPureGlobal } from './globals.ts';
import type { ImportedName } from './module.ts';
import { memberName, partsOf } from './roles.ts';
import { type Declaration, isFunction } from './scopes.ts';
import { nodeIn, nodesIn, type SyntaxNode } from './syntax.ts';

/** What of a module (or a block around a step) tells apart a call that declares a test from one that does something. */
export interface Surroundings {
  readonly imports: ReadonlyMap<string, ImportedName>;
  lookup(name: string): Declaration | undefined;
}

/** Vitest's and ours: their calls register something for later. Other tests aren't the step's matter. */
const REGISTRARS =
  /^(?:test|it|describe|suite|bench|expect|checkpoint|(?:before|after|around)(?:All|Each)|onTest(?:Finished|Failed))$/;

const PURE_MODULES = /^(?:node:)?(?:path|url|util|buffer)(?:\/|$)/;

/** The statements, or the declarators among them, that have an effect. */
export function effectsAmong(statements: readonly SyntaxNode[], around: Surroundings): SyntaxNode[] {
  return statements.flatMap((statement) => {
    const declaration = /^Export/.test(statement.type) ? nodeIn(statement, 'declaration') : statement;
    const running = declaration && runningNode(declaration);
    if (!running) return [];
    const candidates = running.type === 'VariableDeclaration' ? nodesIn(running, 'declarations') : [running];
    return candidates.filter((node) => hasEffect(node, around));
  });
}

function hasEffect(whole: SyntaxNode, around: Surroundings): boolean {
  const node = runningNode(whole);
  // Functions wait to be called; what calls one on the spot is itself taken for an effect.
  if (!node || isFunction(node)) return false;
  switch (node.type) {
    case 'AssignmentExpression':
    case 'UpdateExpression':
    case 'ImportExpression':
    case 'ThrowStatement':
      return true;
    case 'UnaryExpression':
      if (node.operator === 'delete') return true;
      break;
    case 'MethodDefinition':
      return node.computed === true && hasEffect(nodeIn(node, 'key') ?? node, around);
    case 'PropertyDefinition':
      if (node.static !== true) return false;
      break;
    case 'CallExpression':
    case 'NewExpression':
    case 'TaggedTemplateExpression':
      if (callHasEffect(node, around)) return true;
      break;
  }
  return partsOf({ node, role: 'value' }).some((part) => hasEffect(part.node, around));
}

function callHasEffect(call: SyntaxNode, around: Surroundings): boolean {
  const { root, member } = rootOf(nodeIn(call, call.type === 'TaggedTemplateExpression' ? 'tag' : 'callee'));
  if (root === undefined) return true;
  if (root.type === 'Identifier' && isRegistrar(String(root.name), around)) return false;
  const isPure =
    /^(?:Literal|TemplateLiteral|ArrayExpression|MetaProperty)$/.test(root.type) ||
    (root.type === 'Identifier' && isPureName(String(root.name), member, around));
  // A function that is handed over may be called on the spot.
  return (
    !isPure || nodesIn(call, 'arguments').some((each) => isFunction(each) && bodyHasEffect(each, around))
  );
}

function bodyHasEffect(node: SyntaxNode, around: Surroundings): boolean {
  return partsOf({ node, role: 'value' }).some((part) => hasEffect(part.node, around));
}

/** `a` of `a.b(…).c`, and the member taken of it. */
function rootOf(callee: SyntaxNode | undefined): {
  root: SyntaxNode | undefined;
  member: string | undefined;
} {
  let member: string | undefined;
  let node = callee && runningNode(callee);
  for (;;) {
    const isMember = node?.type === 'MemberExpression';
    const inner = node && nodeIn(node, isMember ? 'object' : innerField(node.type));
    if (!node || !inner) return { root: node, member };
    if (isMember) member = memberName(node);
    node = runningNode(inner);
  }
}

function innerField(type: string): string {
  if (type === 'CallExpression' || type === 'NewExpression') return 'callee';
  return type === 'ChainExpression' ? 'expression' : type === 'TaggedTemplateExpression' ? 'tag' : '';
}

/** `test`, however it is imported, and what `test.extend(…)` made of it. */
function isRegistrar(name: string, around: Surroundings, met: readonly string[] = []): boolean {
  const declaration = around.lookup(name);
  if (!declaration) return REGISTRARS.test(around.imports.get(name)?.imported ?? '');
  const init = declaration.kind === 'const' ? nodeIn(declaration.node, 'init') : undefined;
  const { root } = rootOf(init);
  const rootName = root?.type === 'Identifier' ? String(root.name) : name;
  return init !== root && !met.includes(rootName) && isRegistrar(rootName, around, [...met, name]);
}

function isPureName(name: string, member: string | undefined, around: Surroundings): boolean {
  if (around.lookup(name)) return false;
  const imported = around.imports.get(name);
  return imported ? PURE_MODULES.test(imported.specifier) : isPureGlobal(name, member);
}
