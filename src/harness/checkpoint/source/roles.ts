/** What each piece of syntax does with the pieces below it: evaluates, calls, declares or assigns them. */
import { runningChildren } from './erasure.ts';
import { literalText, nodeIn, nodesIn, type SyntaxNode } from './syntax.ts';

/** `changes`: a property of it is assigned to. */
export type Role = 'value' | 'callee' | 'binds' | 'assigns' | 'changes';

export interface Part {
  readonly node: SyntaxNode;
  readonly role: Role;
  /** Called without arguments. */
  readonly bare?: boolean;
  /** The property that is taken of it, where its name is written out. */
  readonly member?: string | undefined;
}

/** The parts of a node that refer to names, given what is done with the node itself; labels and property names aren't parts. */
export function partsOf(whole: Part): Part[] {
  const { node, role } = whole;
  switch (node.type) {
    case 'VariableDeclarator':
      return [...part(node, 'id', 'binds'), ...part(node, 'init')];
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [...parts(node, 'params', 'binds'), ...part(node, 'body')];
    case 'CatchClause':
      return [...part(node, 'param', 'binds'), ...part(node, 'body')];
    case 'AssignmentExpression':
      return [...part(node, 'left', 'assigns'), ...part(node, 'right')];
    case 'UpdateExpression':
      return part(node, 'argument', 'assigns');
    case 'UnaryExpression':
      return part(node, 'argument', node.operator === 'delete' ? 'assigns' : 'value');
    case 'ForInStatement':
    case 'ForOfStatement': {
      const declares = nodeIn(node, 'left')?.type === 'VariableDeclaration';
      return [
        ...part(node, 'left', declares ? 'value' : 'assigns'),
        ...part(node, 'right'),
        ...part(node, 'body'),
      ];
    }
    case 'CallExpression':
    case 'NewExpression': {
      const given = parts(node, 'arguments');
      return [
        ...part(node, 'callee', 'callee').map((each) => ({ ...each, bare: given.length === 0 })),
        ...given,
      ];
    }
    case 'TaggedTemplateExpression':
      return [...part(node, 'tag', 'callee'), ...part(node, 'quasi')];
    case 'MemberExpression':
      return memberParts(whole);
    case 'Property':
      return [...computedKey(node), ...part(node, 'value', role)];
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return [...parts(node, 'decorators'), ...computedKey(node), ...part(node, 'value')];
    case 'AssignmentPattern':
      return [...part(node, 'left', role), ...part(node, 'right')];
    case 'ObjectPattern':
    case 'ArrayPattern':
    case 'RestElement':
    case 'TSParameterProperty':
      return runningChildren(node).map((child) => ({ node: child, role }));
    case 'ClassDeclaration':
    case 'ClassExpression':
      return [...parts(node, 'decorators'), ...part(node, 'superClass'), ...part(node, 'body')];
    case 'LabeledStatement':
    case 'TSModuleDeclaration':
      return part(node, 'body');
    case 'TSEnumMember':
      return part(node, 'initializer');
    case 'TSEnumDeclaration':
      return part(node, 'body');
    case 'ExportNamedDeclaration':
      return part(node, 'declaration');
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'MetaProperty':
      return [];
    default:
      return runningChildren(node).map((child) => ({ node: child, role: 'value' }));
  }
}

/** The name of the property that a member expression takes, where it is written out. */
export function memberName(node: SyntaxNode): string | undefined {
  const property = nodeIn(node, 'property');
  if (node.computed) return literalText(property);
  return typeof property?.name === 'string' ? property.name : undefined;
}

function memberParts({ node, role, bare }: Part): Part[] {
  const passed =
    role === 'assigns' || role === 'changes' ? 'changes' : role === 'callee' ? 'callee' : 'value';
  return [
    ...part(node, 'object', passed).map((each) => ({
      ...each,
      bare: bare === true,
      member: memberName(node),
    })),
    ...(node.computed ? part(node, 'property') : []),
  ];
}

function computedKey(node: SyntaxNode): Part[] {
  return node.computed ? part(node, 'key') : [];
}

function part(node: SyntaxNode, field: string, role: Role = 'value'): Part[] {
  const child = nodeIn(node, field);
  return child ? [{ node: child, role }] : [];
}

function parts(node: SyntaxNode, field: string, role: Role = 'value'): Part[] {
  return nodesIn(node, field).map((child) => ({ node: child, role }));
}
