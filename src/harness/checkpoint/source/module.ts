/** A module as others see it: what it declares, imports, exports and does when it is loaded. */
import { runningNode } from './erasure.ts';
import { mentionsOf } from './mentions.ts';
import { type Declaration, scopeOf } from './scopes.ts';
import { literalText, nodeIn, nodesIn, readSource, type SourceFile, type SyntaxNode } from './syntax.ts';

/** `import { imported as local } from 'specifier'`; `*` is the whole module. */
export interface ImportedName {
  readonly specifier: string;
  readonly imported: string;
  readonly offset: number;
}

/** What an exported name stands for: a name of the module, or one of another. */
export type ExportedName = { readonly local: string } | ImportedName;

export interface Module {
  readonly source: SourceFile;
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly imports: ReadonlyMap<string, ImportedName>;
  readonly exports: ReadonlyMap<string, ExportedName>;
  /** `export * from`. */
  readonly stars: readonly ImportedName[];
  /** `import './x.ts'`: loaded for its effects. */
  readonly bareImports: readonly ImportedName[];
  /** Where a name of the module is assigned to after its declaration, and where a property of it is, in a function. */
  readonly writes: ReadonlyMap<string, number>;
  readonly changes: ReadonlyMap<string, number>;
}

/** The name under which a default export without a name is declared; no identifier can be spelt so. */
const DEFAULT = 'default export';

const known = new WeakMap<SourceFile, Module>();

/** @throws ScenarioError when the file can't be read or parsed. */
export async function readModule(path: string): Promise<Module> {
  const source = await readSource(path);
  const module = known.get(source) ?? describeModule(source);
  known.set(source, module);
  return module;
}

/**
 * What declarations are given beyond their own text, by name: the place of the first assignment (or second
 * declaration), and of the first change of a property in a function, whenever that is called.
 */
export function assignmentsTo(
  declared: readonly Declaration[],
  statements: readonly SyntaxNode[],
): Pick<Module, 'writes' | 'changes'> {
  const writes = new Map<string, number>();
  const changes = new Map<string, number>();
  const first = new Map<string, SyntaxNode>();
  for (const { name, node, offset } of declared) {
    if ((first.get(name) ?? node) !== node) writes.set(name, offset);
    first.set(name, node);
  }
  for (const { name, use, eager, offset } of mentionsOf(statements).names) {
    if (use === 'write' && !writes.has(name)) writes.set(name, offset);
    if (use === 'change' && !eager && !changes.has(name)) changes.set(name, offset);
  }
  return { writes, changes };
}

function describeModule(source: SourceFile): Module {
  const { program } = source;
  const statements = nodesIn(program, 'body').flatMap((node) => runningNode(node) ?? []);
  const imports = new Map<string, ImportedName>();
  const exports = new Map<string, ExportedName>();
  const declared = scopeOf(program);
  const declarations = new Map(declared.map((each) => [each.name, each]));
  const stars: ImportedName[] = [];
  const bareImports: ImportedName[] = [];
  for (const node of statements) {
    if (node.type === 'ImportDeclaration') {
      if (nodesIn(node, 'specifiers').length === 0) bareImports.push(importFrom(node, '*'));
      for (const each of nodesIn(node, 'specifiers'))
        if (runningNode(each)) imports.set(nameIn(each, 'local'), importFrom(node, importedName(each)));
    } else if (node.type === 'ExportAllDeclaration') {
      if (nodeIn(node, 'exported')) exports.set(nameIn(node, 'exported'), importFrom(node, '*'));
      else stars.push(importFrom(node, '*'));
    } else if (node.type === 'ExportDefaultDeclaration') exportDefault(node, declarations, exports);
    else if (node.type === 'ExportNamedDeclaration') exportNamed(node, exports);
  }
  return {
    source,
    declarations,
    imports,
    exports,
    stars,
    bareImports,
    ...assignmentsTo(declared, statements),
  };
}

function exportNamed(node: SyntaxNode, exports: Map<string, ExportedName>): void {
  const declaration = nodeIn(node, 'declaration');
  if (declaration)
    for (const { name } of scopeOf({ ...node, type: 'Program', body: [declaration] }))
      exports.set(name, { local: name });
  for (const each of nodesIn(node, 'specifiers')) {
    if (!runningNode(each)) continue;
    const local = nameIn(each, 'local');
    exports.set(nameIn(each, 'exported'), nodeIn(node, 'source') ? importFrom(node, local) : { local });
  }
}

function exportDefault(
  node: SyntaxNode,
  declarations: Map<string, Declaration>,
  exports: Map<string, ExportedName>,
): void {
  const declaration = nodeIn(node, 'declaration');
  if (!declaration || !runningNode(declaration)) return;
  const declares = /^(?:Function|Class)Declaration$/.test(declaration.type);
  const name = declares ? nameIn(declaration, 'id') : '';
  if (!name) declarations.set(DEFAULT, { kind: 'the', name: DEFAULT, node: declaration, offset: node.start });
  exports.set('default', { local: name || DEFAULT });
}

function importFrom(node: SyntaxNode, imported: string): ImportedName {
  return { specifier: literalText(nodeIn(node, 'source')) ?? '', imported, offset: node.start };
}

function importedName(specifier: SyntaxNode): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  return specifier.type === 'ImportNamespaceSpecifier' ? '*' : nameIn(specifier, 'imported');
}

/** An identifier's name, or a string's text where a string stands for it. */
function nameIn(node: SyntaxNode, field: string): string {
  const named = nodeIn(node, field);
  return literalText(named) ?? String(named?.name ?? '');
}
