/** A syntax tree as text that is the same for the same code: independent of layout, comments and types. */
import { createHash } from 'node:crypto';
import { runningFields, runningNode } from './erasure.ts';
import { isNode, type SyntaxNode } from './syntax.ts';

const known = new WeakMap<SyntaxNode, string>();

/** Every token that runs, each with its kind, so that no two different trees have the same text. */
export function tokensOf(node: SyntaxNode): string {
  let tokens = known.get(node);
  if (tokens === undefined) {
    const parts: string[] = [];
    writeNode(node, parts);
    tokens = parts.join('');
    known.set(node, tokens);
  }
  return tokens;
}

/** SHA-256 in hex of texts, each kept apart from the next. */
export function digestOfTexts(texts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return hash.digest('hex');
}

function writeNode(whole: SyntaxNode, parts: string[]): void {
  const node = runningNode(whole);
  if (!node) return;
  parts.push('(', node.type);
  for (const [name, value] of runningFields(node)) {
    if (node.type === 'Literal' && name === 'value') continue;
    parts.push(' ', name, '=');
    writeValue(value, parts);
  }
  // The value, not its spelling; a regular expression and a big integer have fields of their own.
  if (node.type === 'Literal' && !('regex' in node) && !('bigint' in node)) {
    const { value } = node;
    parts.push(' ', typeof value === 'string' ? JSON.stringify(value) : String(value));
  }
  parts.push(')');
}

function writeValue(value: unknown, parts: string[]): void {
  if (isNode(value)) writeNode(value, parts);
  else if (Array.isArray(value)) {
    parts.push('[');
    for (const item of value) {
      if (item === null) parts.push('hole');
      else writeValue(item, parts);
      parts.push(',');
    }
    parts.push(']');
  } else parts.push(JSON.stringify(value));
}
