/** What a name stands for, across modules. */
import type { ImportedName, Module } from './module.ts';
import { assignmentsTo, readModule } from './module.ts';
import { shownPath } from './refusal.ts';
import { type Resolution, resolveImport } from './resolution.ts';
import { type Declaration, isFunction, scopeOf, statementsOf } from './scopes.ts';
import type { SyntaxNode } from './syntax.ts';

/** A function or block around a step, inside of its module. */
export interface LocalScope {
  readonly node: SyntaxNode;
  /** From the outside, from 1: tells apart two names that are spelt alike. */
  readonly depth: number;
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly writes: ReadonlyMap<string, number>;
  readonly changes: ReadonlyMap<string, number>;
}

/** Where code stands: what names mean there. */
export interface Position {
  readonly module: Module;
  /** Innermost first. */
  readonly scopes: readonly LocalScope[];
}

/** `label` names it to people and is what the code that uses it is hashed with. */
export type Target =
  | {
      readonly kind: 'declaration';
      readonly label: string;
      readonly declaration: Declaration;
      readonly at: Position;
    }
  | { readonly kind: 'module'; readonly label: string; readonly module: Module }
  | { readonly kind: 'content'; readonly label: string; readonly path: string }
  | { readonly kind: 'package'; readonly label: string; readonly export: string }
  | { readonly kind: 'builtin'; readonly label: string; readonly name: string }
  | { readonly kind: 'domes'; readonly label: string }
  | { readonly kind: 'global'; readonly label: string }
  /** An import that can't be followed. */
  | { readonly kind: 'nowhere'; readonly label: string; readonly specifier: string; readonly why: string };

/** The scopes that ancestors of a node make, innermost first. */
export function scopesAround(ancestors: readonly SyntaxNode[]): LocalScope[] {
  return ancestors
    .filter((node, index) => {
      // A function and its body are one.
      if (node.type === 'BlockStatement' && isFunction(ancestors[index - 1] ?? node)) return false;
      return node.type !== 'Program' && (scopeOf(node).length > 0 || statementsOf(node).length > 0);
    })
    .map((node, index) => {
      const declared = scopeOf(node);
      const declarations = new Map(declared.map((each) => [each.name, each]));
      return { node, depth: index + 1, declarations, ...assignmentsTo(declared, statementsOf(node)) };
    })
    .reverse();
}

/** How names are followed. */
export interface Course {
  /** What paths in labels are relative to. */
  readonly root: string;
  /** The property that is taken of the name, which narrows a whole module down. */
  readonly member?: string | undefined;
  /** Exports that have been asked for on the way here: modules may go round in circles. */
  readonly met?: Set<string>;
  /** Gathers the modules that are loaded on the way: re-exports, too, are loaded. */
  readonly through?: Set<Module>;
}

/** What a name means at a position. */
export async function lookUp(
  name: string,
  { module, scopes }: Position,
  { member, ...course }: Course,
): Promise<Target> {
  const { root } = course;
  const depth = scopes.findIndex(({ declarations }) => declarations.has(name));
  const at = { module, scopes: depth === -1 ? [] : scopes.slice(depth) };
  const declaration = (at.scopes[0] ?? module).declarations.get(name);
  if (declaration) {
    const block = at.scopes[0] ? ` (block ${at.scopes[0].depth})` : '';
    const label = `${declaration.kind} ${name} in ${shownPath(module.source.path, root)}${block}`;
    return { kind: 'declaration', label, declaration, at };
  }
  const imported = module.imports.get(name);
  if (!imported) return { kind: 'global', label: `global ${name}` };
  const narrowed = imported.imported === '*' && member !== undefined ? member : imported.imported;
  return followImport({ ...imported, imported: narrowed }, module, course);
}

/** Where an import (or a re-export) of a module leads. */
export async function followImport(
  { specifier, imported }: ImportedName,
  { source }: Module,
  course: Course,
): Promise<Target> {
  const { root, met = new Set() } = course;
  const found = await resolveImport(specifier, source.path);
  if (found?.kind !== 'module') return targetOutside(found, specifier, imported, root);
  const module = await readModule(found.path);
  course.through?.add(module);
  const path = shownPath(found.path, root);
  if (imported === '*') return { kind: 'module', label: `module ${path}`, module };
  const target = await exportedTarget(module, imported, { ...course, met });
  return target ?? nowhere(specifier, `but ${path} exports no ${imported}`);
}

/** The names that a module exports, those of `export * from` among them. */
export async function exportedNames(module: Module, met = new Set<Module>()): Promise<string[]> {
  if (met.has(module)) return [];
  met.add(module);
  const names = [...module.exports.keys()];
  for (const star of module.stars) {
    const found = await resolveImport(star.specifier, module.source.path);
    if (found?.kind !== 'module') continue;
    const others = await exportedNames(await readModule(found.path), met);
    names.push(...others.filter((name) => name !== 'default'));
  }
  return [...new Set(names)];
}

async function exportedTarget(
  module: Module,
  name: string,
  course: Course & { met: Set<string> },
): Promise<Target | undefined> {
  const { root, met, through } = course;
  const key = `${module.source.path} ${name}`;
  if (met.has(key)) return undefined;
  met.add(key);
  const exported = module.exports.get(name);
  if (exported && 'local' in exported) return lookUp(exported.local, { module, scopes: [] }, course);
  if (exported) return followImport(exported, module, course);
  if (name === 'default') return undefined;
  let outside: Target | undefined;
  for (const { specifier } of module.stars) {
    const found = await resolveImport(specifier, module.source.path);
    if (found?.kind !== 'module') outside ??= targetOutside(found, specifier, name, root);
    else {
      const star = await readModule(found.path);
      through?.add(star);
      const target = await exportedTarget(star, name, course);
      if (target) return target;
    }
  }
  return outside;
}

function targetOutside(
  found: Exclude<Resolution, { kind: 'module' }> | undefined,
  specifier: string,
  imported: string,
  root: string,
): Target {
  switch (found?.kind) {
    case 'content':
      return { kind: 'content', label: `file ${shownPath(found.path, root)}`, path: found.path };
    case 'package':
      return {
        kind: 'package',
        label: `package ${found.name} ${found.version}`,
        export: `${specifier} ${imported}`,
      };
    case 'builtin':
      return { kind: 'builtin', label: `node:${found.name} ${imported}`, name: found.name };
    case 'domes':
      return { kind: 'domes', label: `domes ${imported}` };
    default:
      return nowhere(specifier, 'which leads to no file or package whose code is known');
  }
}

function nowhere(specifier: string, why: string): Target {
  return { kind: 'nowhere', label: `import "${specifier}"`, specifier, why };
}
