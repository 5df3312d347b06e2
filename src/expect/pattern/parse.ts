/**
 * Regular expression → tree. The one place that knows the parser.
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { ScenarioError } from '../../errors.ts';
import { asciiMembers, singleCharacter } from './character-set.ts';
import { describePattern } from './pattern.ts';
import { EMPTY, type PatternTree } from './tree.ts';

/** Back references copy their group's tree, which nests: more nodes than this is a pattern gone wrong. */
const MAX_NODES = 20_000;

interface Context {
  readonly regex: RegExp;
  /** Flags at this place: i, m, s, u, v. A modifier group changes them. */
  readonly flags: string;
  readonly budget: { left: number };
}

/** @throws ScenarioError for syntax newer than the parser, and when back references nest beyond all reason. */
export function parseRegex(regex: RegExp): PatternTree {
  const flags = regex.flags.replace(/[dgy]/g, '');
  return choice(parsed(regex, flags).alternatives, { regex, flags, budget: { left: MAX_NODES } });
}

function parsed(regex: RegExp, flags: string): AST.Pattern {
  try {
    return new RegExpParser({ ecmaVersion: 2025 }).parsePattern(regex.source, 0, regex.source.length, {
      unicode: flags.includes('u'),
      unicodeSets: flags.includes('v'),
    });
  } catch (cause) {
    // The engine took it, so it is newer than the parser.
    throw new ScenarioError(
      `cannot wait for ${describePattern(regex)}: its syntax is not known here`,
      {},
      { cause },
    );
  }
}

function choice(alternatives: readonly AST.Alternative[], context: Context): PatternTree {
  const options = alternatives.map((alternative) => sequence(alternative.elements, context));
  return options.length === 1 ? (options[0] as PatternTree) : { kind: 'choice', options };
}

function sequence(elements: readonly AST.Element[], context: Context): PatternTree {
  const items = elements.map((element) => tree(element, context));
  return items.length === 1 ? (items[0] as PatternTree) : { kind: 'sequence', items };
}

function tree(node: AST.Element, context: Context): PatternTree {
  if (--context.budget.left < 0)
    throw new ScenarioError(
      `cannot wait for ${describePattern(context.regex)}: too many nested back references`,
    );
  const { flags } = context;
  switch (node.type) {
    case 'Character':
      return { kind: 'chars', set: singleCharacter(node.value, node.raw, flags), raw: node.raw };
    case 'CharacterSet':
    case 'CharacterClass':
    case 'ExpressionCharacterClass':
      if (holdsStrings(node)) return { kind: 'strings', raw: node.raw };
      return {
        kind: 'chars',
        set: {
          ascii: asciiMembers(node.raw, flags),
          beyond: reachesBeyondAscii(node, flags) ? 'any' : undefined,
        },
        raw: node.raw,
      };
    case 'Group':
      return choice(node.alternatives, { ...context, flags: modified(flags, node.modifiers) });
    case 'CapturingGroup':
      return choice(node.alternatives, context);
    case 'Quantifier':
      return {
        kind: 'repeat',
        body: tree(node.element, context),
        min: node.min,
        max: node.max,
        greedy: node.greedy,
        raw: node.raw,
      };
    case 'Assertion':
      return assertion(node, context);
    case 'Backreference':
      return copy(node, context);
  }
}

function assertion(node: AST.Assertion, context: Context): PatternTree {
  const multiline = context.flags.includes('m');
  switch (node.kind) {
    case 'start':
      return { kind: 'edge', at: multiline ? 'line-start' : 'text-start' };
    case 'end':
      return { kind: 'edge', at: multiline ? 'line-end' : 'text-end' };
    case 'word':
      return { kind: 'edge', at: node.negate ? 'not-word' : 'word' };
    case 'lookahead':
    case 'lookbehind': {
      const body = choice(node.alternatives, context);
      return { kind: 'look', ahead: node.kind === 'lookahead', body, raw: node.raw };
    }
  }
}

/** A back reference matches what its group does, or nothing when the group was not passed. */
function copy(node: AST.Backreference, context: Context): PatternTree {
  // Where `(?i:…)` and its like are about, the group may mean more than the same text does here.
  const mayBeModified = /\(\?[ims]*-?[ims]*:/.test(context.regex.source.replaceAll('(?:', ''));
  const flags = mayBeModified ? `${context.flags.replace(/[is]/g, '')}is` : context.flags;
  const options = [node.resolved]
    .flat()
    // Inside its own group it is empty.
    .filter((group) => !(group.start <= node.start && node.end <= group.end))
    .map((group) => choice(group.alternatives, { ...context, flags }));
  return { kind: 'copy', like: { kind: 'choice', options: [...options, EMPTY] } };
}

function modified(flags: string, modifiers: AST.Modifiers | null): string {
  if (!modifiers) return flags;
  const names = [
    ['i', 'ignoreCase'],
    ['m', 'multiline'],
    ['s', 'dotAll'],
  ] as const;
  return names.reduce((now, [letter, name]) => {
    const without = now.replace(letter, '');
    if (modifiers.remove?.[name]) return without;
    return modifiers.add[name] ? without + letter : now;
  }, flags);
}

type ClassNode = AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass;
type ClassPart =
  | ClassNode
  | AST.CharacterClassElement
  | AST.ClassSetOperand
  | AST.ClassIntersection
  | AST.ClassSubtraction;

function holdsStrings(node: ClassPart): boolean {
  switch (node.type) {
    case 'CharacterSet':
      return node.kind === 'property' && node.strings;
    case 'CharacterClass':
      return node.elements.some(holdsStrings);
    case 'ExpressionCharacterClass':
      return holdsStrings(node.expression);
    case 'ClassIntersection':
    case 'ClassSubtraction':
      return holdsStrings(node.left) || holdsStrings(node.right);
    case 'ClassStringDisjunction':
      return true;
    default:
      return false;
  }
}

/** Whether the class may match anything but ASCII; in doubt yes. */
function reachesBeyondAscii(node: ClassPart, flags: string): boolean {
  const folds = flags.includes('i') && /[uv]/.test(flags);
  if (folds) return true;
  switch (node.type) {
    case 'CharacterSet':
      return !((node.kind === 'digit' || node.kind === 'word') && !node.negate);
    case 'CharacterClass':
      return node.negate || node.elements.some((element) => reachesBeyondAscii(element, flags));
    case 'CharacterClassRange':
      return node.max.value > 127;
    case 'Character':
      return node.value > 127;
    default:
      return true;
  }
}
