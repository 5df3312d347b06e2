/**
 * What a text must hold, at the least, for a regular expression to match it: one of a few literals. Looking for those
 * of all signatures at once costs one pass; the expressions are tried where one is found.
 */
import { parseRegex } from '../../expect/pattern/parse.ts';
import type { CharacterSet, PatternTree } from '../../expect/pattern/tree.ts';

/** Longer ones make the automaton bigger and single out hardly more. */
const LONGEST = 24;
/** A choice of more than these is no literal any more. */
const MOST = 32;
/** A class of more characters than these is any character. */
const MOST_CHARACTERS = 3;
/** What healthy consoles are full of singles out nothing. */
const COMMON =
  '(xen) libxl: error: xl: libxl: xc: error: failed to start kernel: system kernel systemd[1]: systemd: [failed] failed reached target started device /dev/ version linux console error: warning: unable to cannot could not not found no such file or directory process memory permission denied qemu-system-x86_64: /usr/lib/ /usr/bin/ timeout package repository domain error - loading disabled dracut';

interface Need {
  /** All texts that the tree can match, where these are few (upper and lower case apart). */
  readonly exact?: readonly string[];
  /** One of these is in whatever the tree matches. */
  readonly oneOf?: readonly string[];
}

/** In lower case: whoever looks for them must not tell cases apart. Undefined where nothing is required. */
export function requiredLiterals(regex: RegExp): readonly string[] | undefined {
  const { exact, oneOf } = need(parseRegex(regex));
  const literals = (exact ?? oneOf)?.map((text) => text.slice(0, LONGEST));
  return literals && [...new Set(literals)];
}

function need(tree: PatternTree): Need {
  switch (tree.kind) {
    case 'chars': {
      const exact = characters(tree.set);
      return exact ? { exact } : {};
    }
    case 'sequence':
      return needOfSequence(tree.items);
    case 'choice':
      return needOfChoice(tree.options.map(need));
    case 'repeat':
      return needOfRepeat(need(tree.body), tree.min, tree.max);
    case 'look':
    case 'edge':
      return { exact: [''] };
    default:
      return {};
  }
}

function needOfRepeat({ exact, oneOf }: Need, min: number, max: number): Need {
  if (max === 1 && exact) return { exact: min === 0 ? ['', ...exact] : exact };
  if (min === 0) return {};
  // It holds what its body holds, once at least.
  const literals = exact ?? oneOf;
  return literals && shortest(literals) > 0 ? { oneOf: literals } : {};
}

function needOfSequence(items: readonly PatternTree[]): Need {
  let run: readonly string[] = [''];
  let best: readonly string[] | undefined;
  let isExact = true;
  const offer = (literals: readonly string[] | undefined) => {
    if (literals && worth(literals) > (best ? worth(best) : 0)) best = literals;
  };
  for (const item of items) {
    const { exact, oneOf } = need(item);
    if (exact && run.length * exact.length <= MOST) {
      run = run.flatMap((head) => exact.map((tail) => head + tail));
      continue;
    }
    isExact = false;
    offer(run);
    offer(oneOf);
    run = exact ?? [''];
  }
  if (isExact) return { exact: run };
  offer(run);
  return best ? { oneOf: best } : {};
}

function needOfChoice(options: readonly Need[]): Need {
  if (options.every(({ exact }) => exact)) {
    const exact = [...new Set(options.flatMap((option) => option.exact ?? []))];
    if (exact.length <= MOST) return { exact };
  }
  const literals = [...new Set(options.flatMap(({ exact, oneOf }) => exact ?? oneOf ?? ['']))];
  return literals.length <= MOST && shortest(literals) > 0 ? { oneOf: literals } : {};
}

/** The more, the fewer lines they are found in that have nothing to do with the matter. */
function worth(literals: readonly string[]): number {
  return Math.min(
    ...literals.map((text) => (COMMON.includes(text) ? text.length / 100 : Math.min(text.length, LONGEST))),
  );
}

function shortest(literals: readonly string[]): number {
  return Math.min(...literals.map(({ length }) => length));
}

function characters({ ascii, beyond }: CharacterSet): readonly string[] | undefined {
  if (beyond !== undefined) return undefined;
  const members = new Set<string>();
  ascii.forEach((flag, code) => {
    if (flag === 1) members.add(String.fromCharCode(code).toLowerCase());
  });
  return members.size > 0 && members.size <= MOST_CHARACTERS ? [...members] : undefined;
}
