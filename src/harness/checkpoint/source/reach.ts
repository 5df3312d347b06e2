/** Follows a step's code to everything that it uses, and hashes each part of it by itself. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { exportedNames, followImport, lookUp, type Position, type Target } from './bindings.ts';
import { effectsAmong } from './effects.ts';
import { mentionsIn } from './mentions.ts';
import type { ImportedName, Module } from './module.ts';
import { refused, type Subject, shownPath } from './refusal.ts';
import { statementsOf } from './scopes.ts';
import { type Trouble, troubleWithImport, troubleWithOddity, troubleWithUse } from './suitability.ts';
import { nodesIn, type SyntaxNode } from './syntax.ts';
import { digestOfTexts, tokensOf } from './tokens.ts';

/** One thing that a step's code consists of. */
export interface FingerprintPart {
  /** `step updated`, `const PASSWORD in scenarios/login.ts`, `package ssh2 1.2.3`: the same in every checkout. */
  readonly what: string;
  /** SHA-256 in hex, of the part alone. */
  readonly digest: string;
}

/** Code that is to be looked at. */
interface Piece {
  readonly label: string;
  readonly nodes: readonly SyntaxNode[];
  readonly at: Position;
  /** It runs while modules are loaded: all of it happens outside of the step. */
  readonly isRun: boolean;
}

export interface Start {
  readonly step: SyntaxNode;
  readonly at: Position;
  /** Labels of what is handed over by value: not followed. */
  readonly inputs: ReadonlySet<string>;
}

/**
 * The parts of a step: its own text, then each binding of the project that it uses, what the modules around
 * them do when they are loaded, and the packages' versions.
 * @throws ScenarioError for the first thing whose value isn't in the code.
 */
export async function partsOfStep(start: Start, subject: Subject): Promise<FingerprintPart[]> {
  const reach = new Reach(start.inputs, subject);
  reach.meet({ label: `step ${subject.name}`, nodes: [start.step], at: start.at, isRun: false });
  await reach.load(start.at);
  return await reach.finish();
}

class Reach {
  readonly #parts = new Map<string, string>();
  /** By label: whether the piece has been looked at as one that runs while loading. */
  readonly #met = new Map<string, boolean>();
  readonly #loaded = new Set<string>();
  readonly #waiting: Piece[] = [];
  readonly #inputs: ReadonlySet<string>;
  readonly #subject: Subject;

  constructor(inputs: ReadonlySet<string>, subject: Subject) {
    this.#inputs = inputs;
    this.#subject = subject;
  }

  /** Takes a piece up unless it has been; one that turns out to run while loading is looked at once more. */
  meet(piece: Piece): void {
    const before = this.#met.get(piece.label);
    if (before === true || before === piece.isRun) return;
    this.#met.set(piece.label, piece.isRun);
    this.#waiting.push(piece);
  }

  async finish(): Promise<FingerprintPart[]> {
    for (let piece = this.#waiting.shift(); piece; piece = this.#waiting.shift())
      this.#parts.set(piece.label, await this.#digestOf(piece));
    return [...this.#parts].map(([what, digest]) => ({ what, digest }));
  }

  /** What happens when a module is loaded, and in the blocks around the step before it: effects, not declarations. */
  async load({ module, scopes }: Position): Promise<void> {
    const path = shownPath(module.source.path, this.#subject.root);
    for (const [index, scope] of scopes.entries())
      this.#meetEffects(`block ${scope.depth} around the step in ${path}`, statementsOf(scope.node), {
        module,
        scopes: scopes.slice(index),
      });
    const label = `top-level statements of ${path}`;
    if (this.#loaded.has(label)) return;
    this.#loaded.add(label);
    const at = { module, scopes: [] };
    this.#meetEffects(label, nodesIn(module.source.program, 'body'), at);
    for (const bare of module.bareImports) {
      const target = await this.#imported(bare, { label, nodes: [], at, isRun: true });
      // Its effects alone: no name of it is used.
      if (target.kind === 'module') await this.load({ module: target.module, scopes: [] });
      else await this.#take(target, true);
    }
  }

  #meetEffects(label: string, statements: readonly SyntaxNode[], at: Position): void {
    const { module, scopes } = at;
    const lookup = (name: string) =>
      [...scopes, module]
        .map(({ declarations }) => declarations.get(name))
        .find((found) => found !== undefined);
    const nodes = effectsAmong(statements, { imports: module.imports, lookup });
    if (nodes.length > 0) this.meet({ label, nodes, at, isRun: false });
  }

  async #digestOf(piece: Piece): Promise<string> {
    const meanings = new Set<string>();
    for (const { names, imports, oddities } of piece.nodes.map(mentionsIn)) {
      for (const oddity of oddities) this.#refuse(troubleWithOddity(oddity), oddity.offset, piece);
      for (const each of imports) {
        const target = await this.#imported({ ...each, imported: '*' }, piece);
        meanings.add(`import ${each.specifier} → ${this.#meaning(target)}`);
        await this.#take(target, piece.isRun);
      }
      for (const mention of names) {
        const { name, member } = mention;
        const target = await this.#loading((through) =>
          lookUp(name, piece.at, { root: this.#subject.root, member, through }),
        );
        meanings.add(`${name} → ${this.#meaning(target)}`);
        if (this.#inputs.has(target.label)) continue;
        const eager = piece.isRun || mention.eager;
        this.#refuse(troubleWithUse({ ...mention, eager }, target), mention.offset, piece);
        await this.#take(target, eager && mention.use === 'call');
      }
    }
    return digestOfTexts([...piece.nodes.map(tokensOf), ...[...meanings].sort()]);
  }

  async #imported(name: ImportedName, piece: Piece): Promise<Target> {
    const { root } = this.#subject;
    const target = await this.#loading((through) => followImport(name, piece.at.module, { root, through }));
    if (target.kind === 'nowhere')
      this.#refuse(troubleWithImport(target.specifier, target.why), name.offset, piece);
    return target;
  }

  /** Looks for a target, and takes into account the modules that are loaded on the way. */
  async #loading(look: (through: Set<Module>) => Promise<Target>): Promise<Target> {
    const through = new Set<Module>();
    const target = await look(through);
    if (!this.#inputs.has(target.label))
      for (const module of through) await this.load({ module, scopes: [] });
    return target;
  }

  /** Follows what a name stands for. */
  async #take(target: Target, isRun: boolean): Promise<void> {
    switch (target.kind) {
      case 'declaration':
        this.meet({ label: target.label, nodes: [target.declaration.node], at: target.at, isRun });
        break;
      case 'module':
        await this.#takeModule(target, isRun);
        break;
      case 'content':
        this.#parts.set(target.label, digestOfTexts([await contentOf(target.path)]));
        break;
      case 'package':
        this.#parts.set(target.label, digestOfTexts([target.label]));
        break;
    }
  }

  /** A module as a whole: everything that it exports. */
  async #takeModule({ label, module }: Target & { kind: 'module' }, isRun: boolean): Promise<void> {
    if (this.#parts.has(label)) return;
    this.#parts.set(label, '');
    const at = { module, scopes: [] };
    await this.load(at);
    const meanings: string[] = [];
    for (const name of (await exportedNames(module)).sort()) {
      const imported = { specifier: `./${basename(module.source.path)}`, imported: name, offset: 0 };
      const target = await this.#imported(imported, { label, nodes: [], at, isRun });
      meanings.push(`${name} → ${this.#meaning(target)}`);
      const offset = target.kind === 'declaration' ? target.declaration.offset : 0;
      const mention = { name, offset, use: 'read', eager: false, bare: false, member: undefined } as const;
      if (!this.#inputs.has(target.label))
        this.#refuse(troubleWithUse(mention, target), offset, { label, at });
      await this.#take(target, isRun);
    }
    this.#parts.set(label, digestOfTexts(meanings));
  }

  #meaning(target: Target): string {
    const exported = target.kind === 'package' ? ` ${target.export}` : '';
    return `${this.#inputs.has(target.label) ? 'input ' : ''}${target.label}${exported}`;
  }

  #refuse(trouble: Trouble | undefined, offset: number, { label, at }: Pick<Piece, 'label' | 'at'>): void {
    if (trouble) throw refused({ source: at.module.source, offset, by: label, ...trouble }, this.#subject);
  }
}

/** JSON counts by its value, other files by their bytes. */
async function contentOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  try {
    return path.endsWith('.json') ? JSON.stringify(JSON.parse(text)) : text;
  } catch {
    return text;
  }
}
