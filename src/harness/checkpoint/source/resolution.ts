/** Where an import leads: a file of the project, a package, Node itself, or domes. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, extname, join, sep } from 'node:path';
import { isOwnFile } from './own-source.ts';

export type Resolution =
  | { readonly kind: 'module'; readonly path: string }
  /** A file whose content is the value: JSON, or text by `?raw`. */
  | { readonly kind: 'content'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string; readonly version: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'domes' };

const MODULE = /^\.[cm]?[jt]s$/;
/** As Vite: what is tried behind a path without its extension. */
const TRIED = ['.ts', '.mts', '.js', '.mjs', '.json', '/index.ts', '/index.js'];

/** @returns `undefined` when it leads nowhere that is understood: aliases, other kinds of files, files that don't exist. */
export async function resolveImport(specifier: string, from: string): Promise<Resolution | undefined> {
  if (isBuiltin(specifier)) return { kind: 'builtin', name: specifier.replace(/^node:/, '') };
  if (/^\.{1,2}(?:\/|$)/.test(specifier)) return resolveFile(specifier, dirname(from));
  if (/^(?:@[^/]+\/)?[^@#./~:][^:]*$/.test(specifier)) return resolvePackage(specifier, dirname(from));
  return undefined;
}

async function resolveFile(specifier: string, folder: string): Promise<Resolution | undefined> {
  const [path = '', query] = specifier.split('?');
  const file = await existingFile(join(folder, path));
  if (file === undefined || (query !== undefined && query !== 'raw')) return undefined;
  if (isOwnFile(file)) return { kind: 'domes' };
  const modules = `${sep}node_modules${sep}`;
  if (file.includes(modules))
    return resolvePackage(file.slice(file.lastIndexOf(modules) + modules.length), dirname(file));
  if (query === 'raw' || extname(file) === '.json') return { kind: 'content', path: file };
  return MODULE.test(extname(file)) ? { kind: 'module', path: file } : undefined;
}

/** The file of a relative import; as TypeScript has it, `./x.js` may be `./x.ts` on disk. */
async function existingFile(path: string): Promise<string | undefined> {
  const asTypeScript = path.replace(/\.([cm]?)js$/, '.$1ts');
  for (const candidate of [path, asTypeScript, ...TRIED.map((extension) => path + extension)]) {
    const isFile = await stat(candidate).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) return candidate;
  }
  return undefined;
}

/**
 * A package stands for its code by its version. One that is linked to a folder outside of node_modules has code
 * that changes while its version doesn't: it leads nowhere.
 */
async function resolvePackage(specifier: string, from: string): Promise<Resolution | undefined> {
  const name = specifier.split(/[/\\]/, specifier.startsWith('@') ? 2 : 1).join('/');
  for (let folder = from; ; folder = dirname(folder)) {
    const home = join(folder, 'node_modules', name);
    const text = await readFile(join(home, 'package.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) {
      if (name === 'domes') return { kind: 'domes' };
      const version = versionIn(text);
      const isLinked = !(await realpath(home)).includes(`${sep}node_modules${sep}`);
      return isLinked || version === undefined ? undefined : { kind: 'package', name, version };
    }
    if (folder === dirname(folder)) return undefined;
  }
}

function versionIn(manifest: string): string | undefined {
  try {
    const { version } = JSON.parse(manifest) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
