/**
 * Looks at a pattern once, before anything is awaited: refuses what can never be decided, and measures the rest.
 */
import { ScenarioError } from '../../errors.ts';
import { singleCharacter } from './character-set.ts';
import { type Extent, endlessRepeats, extentOf, looks, looksBehind } from './extent.ts';
import { asksNext, endOf } from './open-end.ts';
import { parseRegex } from './parse.ts';
import { type CompiledPattern, DEFAULT_LOOK_BACK, describePattern, type Pattern } from './pattern.ts';
import { seesPastLineEnd } from './prefix.ts';
import type { PatternTree } from './tree.ts';

/** Bytes that never get into the text: NUL, SO, SI, ESC. */
const NEVER_IN_TEXT = [0x00, 0x0e, 0x0f, 0x1b];

export interface CompileOptions {
  /** In bytes of text. */
  readonly lookBack?: number;
}

const compiled = new Map<string, CompiledPattern>();
let lastId = 0;

/**
 * @throws ScenarioError when the pattern can match nothing at all, can never match, or can outgrow the
 * look-back: the message names the part that does and what to write instead.
 */
export function compilePattern(pattern: Pattern, options: CompileOptions = {}): CompiledPattern {
  const lookBack = options.lookBack ?? DEFAULT_LOOK_BACK;
  const key = `${lookBack}:${typeof pattern === 'string' ? JSON.stringify(pattern) : pattern}`;
  let known = compiled.get(key);
  if (!known) {
    known = compile(pattern, lookBack);
    if (compiled.size > 1000) compiled.clear();
    compiled.set(key, known);
  }
  return known;
}

function compile(pattern: Pattern, lookBack: number): CompiledPattern {
  if (typeof pattern !== 'string' && pattern.sticky)
    refuse(
      pattern,
      'the y flag ties a match to one place, and text arrives at any',
      'write ^ for the beginning of the unread text',
    );
  const tree = typeof pattern === 'string' ? literalTree(pattern) : parseRegex(pattern);
  const extent = extentOf(tree);
  const behind = looksBehind(tree);
  refuseEmpty(pattern, extent);
  refuseEndless(pattern, tree);
  refuseTooLong(pattern, extent, behind, lookBack);
  refuseFarLookAhead(pattern, tree);
  if (!canEverMatch(tree))
    refuse(
      pattern,
      'escape sequences, NUL, SO and SI are removed before text is matched, so it can never match',
      'leave them out',
    );
  return {
    source: pattern,
    tree,
    end: endOf(tree),
    asksNext: asksNext(tree),
    maxLength: extent.max,
    looksBehind: behind.max,
    maxLineEnds: extent.lineEnds + behind.lineEnds,
    lookBack,
    regex: searchable(pattern),
    id: ++lastId,
  };
}

function literalTree(text: string): PatternTree {
  const items = Array.from(text, (character): PatternTree => {
    const set = singleCharacter(character.codePointAt(0) as number, character, '');
    return { kind: 'chars', set, raw: character };
  });
  return { kind: 'sequence', items };
}

function searchable(pattern: Pattern): RegExp {
  if (typeof pattern === 'string') return new RegExp(pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'g');
  return new RegExp(pattern.source, `${pattern.flags.replace(/[dg]/g, '')}g`);
}

/** Whether the tree can match text in which some bytes never are. */
function canEverMatch(tree: PatternTree): boolean {
  switch (tree.kind) {
    case 'chars':
      return (
        tree.set.beyond !== undefined ||
        tree.set.ascii.some((flag, code) => flag === 1 && !NEVER_IN_TEXT.includes(code))
      );
    case 'sequence':
      return tree.items.every(canEverMatch);
    case 'choice':
      return tree.options.some(canEverMatch);
    case 'repeat':
      return tree.min === 0 || canEverMatch(tree.body);
    default:
      return true;
  }
}

function refuseEmpty(pattern: Pattern, extent: Extent): void {
  if (pattern === '')
    refuse(pattern, 'an empty text is there before the guest prints anything', 'write the text to wait for');
  if (extent.min === 0)
    refuse(
      pattern,
      'it can match an empty text, which is there before the guest prints anything',
      'let it need one character: + for *, a line end \\n for ^$',
    );
}

function refuseEndless(pattern: Pattern, tree: PatternTree): void {
  const [repeat] = endlessRepeats(tree);
  if (!repeat) return;
  const { raw } = repeat;
  refuse(pattern, `${raw} can run over any number of lines`, withinLine(raw));
}

/** What to write for a repeat that crosses lines. */
function withinLine(raw: string): string {
  if (raw.startsWith('\\s')) return `write [ \\t]${raw.slice(2)} within a line, or \\s{1,80}`;
  if (raw.startsWith('[^')) return `keep it within a line: [^\\n${raw.slice(2)}`;
  return 'keep it within a line (.* without the s flag, [^\\n]*) or give it a limit: {0,500} for * or +';
}

function refuseTooLong(pattern: Pattern, extent: Extent, behind: Extent, lookBack: number): void {
  const longest = [extent.max, behind.max].filter(Number.isFinite).reduce((sum, bytes) => sum + bytes, 0);
  if (longest <= lookBack) return;
  refuse(
    pattern,
    `it can match ${longest} bytes (a character that is not ASCII takes up to 4), and only the last ${lookBack} are looked back at`,
    'wait for its end alone, or lower its counts',
  );
}

function refuseFarLookAhead(pattern: Pattern, tree: PatternTree): void {
  const far = looks(tree).find(
    (look) =>
      look.ahead && (seesPastLineEnd(look.body) || (extentOf(look.body).lineEnds > 0 && asksNext(look.body))),
  );
  if (far)
    refuse(
      pattern,
      `${far.raw} looks past the end of its line, where a match is decided`,
      'match those lines as well, or end the look-ahead at \\n',
    );
}

function refuse(pattern: Pattern, why: string, instead: string): never {
  throw new ScenarioError(`cannot wait for ${describePattern(pattern)}: ${why}; ${instead}`);
}
