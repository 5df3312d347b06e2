/** Source files as syntax trees: read from disk (never from the runner, which transforms code) and kept while they don't change. */
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { ScenarioError } from '../../../errors.ts';

/** A node of an ESTree with TypeScript's additions; offsets are in UTF-16 units. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
}

/** A file that was written less than this before it was read may be written again without its time being another. */
const SETTLED_MS = 50;

const parsed = new Map<
  string,
  { readonly stamp: string; readonly settled: boolean; readonly source: SourceFile }
>();

/**
 * The syntax of a TypeScript or JavaScript module. A file that has the time and size it had is not read again.
 * @throws ScenarioError naming file and line when it can't be read or parsed.
 */
export async function readSource(path: string): Promise<SourceFile> {
  const { mtimeNs, mtimeMs, size } = await stat(path, { bigint: true }).catch(unreadable(path));
  const stamp = `${mtimeNs} ${size}`;
  const known = parsed.get(path);
  if (known?.stamp === stamp && known.settled) return known.source;
  const settled = Date.now() - Number(mtimeMs) > SETTLED_MS;
  const text = await readFile(path, 'utf8').catch(unreadable(path));
  const source = known?.source.text === text ? known.source : { path, text, program: parse(path, text) };
  parsed.set(path, { stamp, settled, source });
  return source;
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

export function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** A field that holds one node, or nothing. */
export function nodeIn(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const value = node[field];
  return isNode(value) ? value : undefined;
}

/** A field that holds a list; holes of array patterns are left out. */
export function nodesIn(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The text of a string literal, or of a template without substitutions. */
export function literalText(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type !== 'TemplateLiteral' || nodesIn(node, 'expressions').length > 0) return undefined;
  return (nodesIn(node, 'quasis')[0]?.value as { cooked?: string } | undefined)?.cooked;
}

function unreadable(path: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    throw new ScenarioError(`${path} cannot be read: ${cause.code ?? cause.message}`, {}, { cause });
  };
}

function parse(path: string, text: string): SyntaxNode {
  try {
    const lang = /^\.[cm]?js$/.test(extname(path)) ? 'js' : 'ts';
    return parseAst(text, { lang }, path) as unknown as SyntaxNode;
  } catch (cause) {
    const { pos = 0, message } = cause as Error & { pos?: number };
    throw new ScenarioError(`${path}:${lineAt(text, pos)} cannot be parsed: ${message}`, {}, { cause });
  }
}
