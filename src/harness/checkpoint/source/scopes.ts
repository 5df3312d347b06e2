/** Which names each piece of syntax declares. */
import { runningChildren, runningNode } from './erasure.ts';
import { nodeIn, nodesIn, type SyntaxNode } from './syntax.ts';

/** One declared name. */
export interface Declaration {
  /** `const`, `let`, `function`, `class`, `enum`…; `parameter`, `loop variable` and `caught error` have no text that gives their value. */
  readonly kind: string;
  readonly name: string;
  /** What gives the value: the declarator, the function, the class. */
  readonly node: SyntaxNode;
  readonly offset: number;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export function isFunction(node: SyntaxNode): boolean {
  return FUNCTIONS.has(node.type);
}

/** The names that are visible inside of a node because of it; a function's parameters and its body are taken as one. */
export function scopeOf(node: SyntaxNode): Declaration[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return functionScope(node);
    case 'ClassDeclaration':
    case 'ClassExpression':
      return ownName(node, 'class');
    case 'Program':
    case 'StaticBlock':
    case 'TSModuleBlock':
      return [...hoisted(nodesIn(node, 'body')), ...declarationsIn(nodesIn(node, 'body'))];
    case 'BlockStatement':
      // `var` isn't the block's: it is among those that are hoisted.
      return declarationsIn(nodesIn(node, 'body')).filter(({ kind }) => kind !== 'var');
    case 'SwitchStatement':
      return nodesIn(node, 'cases').flatMap((branch) => declarationsIn(nodesIn(branch, 'consequent')));
    case 'ForStatement':
      return loopScope(nodeIn(node, 'init'));
    case 'ForInStatement':
    case 'ForOfStatement':
      return loopScope(nodeIn(node, 'left'));
    case 'CatchClause':
      return named('caught error', nodeIn(node, 'param'), node);
    case 'TSEnumDeclaration':
      return nodesIn(nodeIn(node, 'body') ?? node, 'members').flatMap((member) =>
        named('enum member', nodeIn(member, 'id'), member),
      );
    default:
      return [];
  }
}

/** The statements whose side effects happen before code in a node of this kind runs. */
export function statementsOf(node: SyntaxNode): readonly SyntaxNode[] {
  if (isFunction(node)) return nodesIn(nodeIn(node, 'body') ?? node, 'body');
  if (node.type === 'SwitchStatement')
    return nodesIn(node, 'cases').flatMap((branch) => nodesIn(branch, 'consequent'));
  return /^(?:Program|BlockStatement|StaticBlock|TSModuleBlock)$/.test(node.type)
    ? nodesIn(node, 'body')
    : [];
}

/** Every identifier that a pattern binds. */
export function boundNames(pattern: SyntaxNode | undefined): SyntaxNode[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern];
    case 'ObjectPattern':
      return nodesIn(pattern, 'properties').flatMap((property) =>
        boundNames(property.type === 'Property' ? nodeIn(property, 'value') : property),
      );
    case 'ArrayPattern':
      return nodesIn(pattern, 'elements').flatMap(boundNames);
    case 'AssignmentPattern':
      return boundNames(nodeIn(pattern, 'left'));
    case 'RestElement':
      return boundNames(nodeIn(pattern, 'argument'));
    case 'TSParameterProperty':
      return boundNames(nodeIn(pattern, 'parameter'));
    default:
      return [];
  }
}

/** What statements declare at their own level, exported or not; imports are not among them. */
export function declarationsIn(statements: readonly SyntaxNode[]): Declaration[] {
  return statements.flatMap((statement) => {
    const declared = /^Export(?:Named|Default)Declaration$/.test(statement.type)
      ? nodeIn(statement, 'declaration')
      : statement;
    return declared && runningNode(declared) ? declarationsOf(declared) : [];
  });
}

function declarationsOf(statement: SyntaxNode): Declaration[] {
  switch (statement.type) {
    case 'VariableDeclaration':
      return nodesIn(statement, 'declarations').flatMap((declarator) =>
        named(String(statement.kind), nodeIn(declarator, 'id'), declarator),
      );
    case 'FunctionDeclaration':
      return ownName(statement, 'function');
    case 'ClassDeclaration':
      return ownName(statement, 'class');
    case 'TSEnumDeclaration':
      return ownName(statement, 'enum');
    case 'TSModuleDeclaration':
      return ownName(statement, 'namespace');
    default:
      return [];
  }
}

function functionScope(node: SyntaxNode): Declaration[] {
  const body = nodesIn(nodeIn(node, 'body') ?? node, 'body');
  const implied =
    node.type === 'ArrowFunctionExpression'
      ? []
      : [{ kind: 'parameter', name: 'arguments', node, offset: node.start }];
  return [
    ...(node.type === 'FunctionExpression' ? ownName(node, 'function') : []),
    ...implied,
    ...nodesIn(node, 'params').flatMap((parameter) => named('parameter', parameter, parameter)),
    ...hoisted(body),
    ...declarationsIn(body),
  ];
}

/** `var` in nested blocks, which belongs to the function around them. */
function hoisted(nodes: readonly SyntaxNode[]): Declaration[] {
  return nodes.flatMap((node) => {
    if (isFunction(node) || node.type.startsWith('Class')) return [];
    const own = node.type === 'VariableDeclaration' && node.kind === 'var' ? declarationsOf(node) : [];
    return [...own, ...hoisted(runningChildren(node))];
  });
}

function loopScope(declaration: SyntaxNode | undefined): Declaration[] {
  if (declaration?.type !== 'VariableDeclaration') return [];
  return declarationsOf(declaration).map((each) => ({ ...each, kind: 'loop variable' }));
}

function ownName(node: SyntaxNode, kind: string): Declaration[] {
  return named(kind, nodeIn(node, 'id'), node);
}

function named(kind: string, pattern: SyntaxNode | undefined, node: SyntaxNode): Declaration[] {
  return boundNames(pattern).map((id) => ({ kind, name: String(id.name), node, offset: id.start }));
}
