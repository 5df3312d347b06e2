/**
 * Closed or open: whether a match can still grow, or turn out to be none, by what follows it.
 *
 * What counts is the pattern's edge. Its end is open when it can end in
 * - a greedy repeat that has a choice (`\d+`, `x?`, `.{2,5}`),
 * - `$`, `\b`, `\B`, which look at what follows (a look-ahead does so anywhere),
 * - an alternative that is the beginning of one preferred to it (`error: .|error` but not `error|error: .`),
 * - a `v` class that holds strings.
 * A greedy repeat in the middle does not open the end: `.*# ` is complete at the first `# `, because the match
 * that is complete first is the one that is awaited.
 */

import { extentOf, looks } from './extent.ts';
import { canExtend } from './prefix.ts';
import type { PatternTree } from './tree.ts';

export function endOf(tree: PatternTree): 'closed' | 'open' {
  return hasLookAhead(tree) || endsOpen(tree) ? 'open' : 'closed';
}

function hasLookAhead(tree: PatternTree): boolean {
  return looks(tree).some((look) => look.ahead || hasLookAhead(look.body));
}

function endsOpen(tree: PatternTree): boolean {
  switch (tree.kind) {
    case 'strings':
      return true;
    case 'sequence':
      return sequenceEndsOpen(tree.items);
    case 'choice':
      return tree.options.some(
        (option, i) => endsOpen(option) || tree.options.slice(0, i).some((first) => canExtend(option, first)),
      );
    case 'repeat':
      return tree.max > 0 && ((tree.greedy && tree.max > tree.min) || endsOpen(tree.body));
    case 'look':
      // A look-ahead was dealt with; what a look-behind ends in may look ahead as well.
      return asksNext(tree.body);
    case 'edge':
      return tree.at !== 'text-start' && tree.at !== 'line-start';
    default:
      return false;
  }
}

/** Whether some assertion in the tree asks for the next character. */
export function asksNext(tree: PatternTree): boolean {
  switch (tree.kind) {
    case 'edge':
      return endsOpen(tree);
    case 'sequence':
      return tree.items.some(asksNext);
    case 'choice':
      return tree.options.some(asksNext);
    case 'repeat':
      return asksNext(tree.body);
    case 'look':
      return tree.ahead || asksNext(tree.body);
    default:
      return false;
  }
}

function sequenceEndsOpen(items: readonly PatternTree[]): boolean {
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i] as PatternTree;
    if (endsOpen(item)) return true;
    // Only what can be passed without a character leaves the end to what is before it.
    if (extentOf(item).min > 0) return false;
  }
  return false;
}
