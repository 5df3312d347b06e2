/** Which uses of what can't be part of a fingerprint, since the text of the code doesn't give the value. */
import type { Position, Target } from './bindings.ts';
import { troubleWithBuiltin, troubleWithGlobal, type Unhashable } from './globals.ts';
import type { Mention, Oddity } from './mentions.ts';
import { lineAt } from './syntax.ts';

/** What can't be hashed, and what the author of the scenario can do. */
export interface Trouble extends Unhashable {
  readonly next: string;
}

/** What is wrong with the use of a name; `undefined` when nothing is. */
export function troubleWithUse(mention: Mention, target: Target): Trouble | undefined {
  switch (target.kind) {
    case 'declaration':
      return troubleWithDeclaration(target);
    case 'global': {
      const trouble = troubleWithGlobal(mention);
      return trouble && { ...trouble, next: readIntoConstant(trouble.what) };
    }
    case 'builtin': {
      const trouble = troubleWithBuiltin(target.name, mention);
      return trouble && { ...trouble, next: readIntoConstant(`${mention.name}(…)`) };
    }
    case 'nowhere':
      return troubleWithImport(target.specifier, target.why);
    default:
      return undefined;
  }
}

export function troubleWithImport(specifier: string, why: string): Trouble {
  return {
    what: `import "${specifier}"`,
    why,
    next: 'import a file of the project by a relative path, or a package that is installed',
  };
}

export function troubleWithOddity({ text }: Oddity): Trouble {
  const why = 'whose value is not in the code';
  if (/^import\.meta\.\w/.test(text)) return { what: text, why, next: readIntoConstant(text) };
  const next =
    text === 'this'
      ? 'name what is needed of it'
      : 'write it as an import of a name, with the file written out';
  return { what: text, why, next };
}

function troubleWithDeclaration({ declaration, at }: Target & { kind: 'declaration' }): Trouble | undefined {
  const { name, kind } = declaration;
  const next = `declare its value: inputs: { ${name} } in the options of checkpoint(), or don't change it`;
  const line = (offset: number) => lineAt(at.module.source.text, offset);
  if (/^(?:parameter|loop variable|caught error)$/.test(kind)) {
    const why = `a ${kind} (line ${line(declaration.offset)}) whose value is not in the code`;
    return { what: name, why, next };
  }
  const { writes, changes } = valuesOf(at);
  const write = writes.get(name);
  if (write !== undefined)
    return { what: name, why: `a ${kind} that is assigned again in line ${line(write)}`, next };
  const change = changes.get(name);
  if (change === undefined) return undefined;
  return { what: name, why: `a ${kind} of which a property is changed in line ${line(change)}`, next };
}

function valuesOf({ module, scopes }: Position): Pick<Position['module'], 'writes' | 'changes'> {
  return scopes[0] ?? module;
}

function readIntoConstant(example: string): string {
  return `read it into a constant of the scenario and declare that: const value = ${example}; … inputs: { value }`;
}
