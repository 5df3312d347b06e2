/** Finds the calls of checkpoint() in a scenario file. */
import { ScenarioError } from '../../../errors.ts';
import { runningChildren, runningNode } from './erasure.ts';
import type { Module } from './module.ts';
import { placeOf, type Subject } from './refusal.ts';
import { memberName } from './roles.ts';
import { literalText, nodeIn, nodesIn, type SyntaxNode } from './syntax.ts';

export interface CheckpointCall {
  readonly node: SyntaxNode;
  /** From the file's statement to the node above the call, outermost first. */
  readonly ancestors: readonly SyntaxNode[];
  /** The step: a function, or what gives one. */
  readonly step: SyntaxNode;
  /** Identifiers that the literal `inputs: { … }` hands over by value. */
  readonly inputs: readonly SyntaxNode[];
}

/**
 * The one call that makes the checkpoint.
 * @throws ScenarioError when no call has that name or two have it, and when the name of any call isn't written out.
 */
export function findCheckpointCall(module: Module, subject: Subject): CheckpointCall {
  const { name, root } = subject;
  const places = new Map<string, string>();
  let found: CheckpointCall | undefined;
  for (const { node, ancestors } of callsIn(module)) {
    const given = nodesIn(node, 'arguments');
    const place = placeOf(module.source, node.start, root);
    const text = literalText(given[0]);
    if (text === undefined)
      throw new ScenarioError(
        `${place}: the name of a checkpoint must be written out as a string: its code is found by it`,
      );
    const before = places.get(text);
    if (before !== undefined)
      throw new ScenarioError(`${place}: a second checkpoint named "${text}"; the first is at ${before}`);
    places.set(text, place);
    const step = given.length > 1 ? given.at(-1) : undefined;
    if (text !== name) continue;
    if (step === undefined || step.type === 'SpreadElement')
      throw new ScenarioError(`${place}: checkpoint "${name}" has no step: its last argument is a function`);
    found = { node, ancestors, step, inputs: inputsOf(given) };
  }
  if (found) return found;
  const file = placeOf(module.source, 0, root).replace(/:1$/, '');
  throw new ScenarioError(
    `${file} has no call checkpoint("${name}", …); it is found by the name that is imported: import { checkpoint } from …`,
  );
}

function callsIn(module: Module): { node: SyntaxNode; ancestors: readonly SyntaxNode[] }[] {
  const found: { node: SyntaxNode; ancestors: readonly SyntaxNode[] }[] = [];
  const visit = (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => {
    if (node.type === 'CallExpression' && isCheckpoint(nodeIn(node, 'callee'), module))
      found.push({ node, ancestors });
    for (const child of runningChildren(node)) visit(child, [...ancestors, node]);
  };
  visit(module.source.program, []);
  return found;
}

function isCheckpoint(callee: SyntaxNode | undefined, { imports }: Module): boolean {
  if (callee?.type === 'Identifier') return imports.get(String(callee.name))?.imported === 'checkpoint';
  const object = callee?.type === 'MemberExpression' ? nodeIn(callee, 'object') : undefined;
  return (
    callee !== undefined &&
    object?.type === 'Identifier' &&
    imports.get(String(object.name))?.imported === '*' &&
    memberName(callee) === 'checkpoint'
  );
}

function inputsOf(given: readonly SyntaxNode[]): SyntaxNode[] {
  const options = given.length > 2 && given[1] ? runningNode(given[1]) : undefined;
  const inputs = propertiesOf(options).find(({ key }) => key === 'inputs')?.value;
  return propertiesOf(inputs).flatMap(({ value }) => (value.type === 'Identifier' ? [value] : []));
}

function propertiesOf(object: SyntaxNode | undefined): { key: string | undefined; value: SyntaxNode }[] {
  if (object?.type !== 'ObjectExpression') return [];
  return nodesIn(object, 'properties').flatMap((property) => {
    const key = nodeIn(property, 'key');
    const value = nodeIn(property, 'value');
    const running = value && runningNode(value);
    if (property.type !== 'Property' || !running) return [];
    return [{ key: property.computed ? undefined : (literalText(key) ?? String(key?.name)), value: running }];
  });
}
