/**
 * What a scenario can wait for, and the same after it was looked at once.
 */
import type { PatternTree } from './tree.ts';

/** A literal string, or a regular expression with JavaScript's own meaning. */
export type Pattern = string | RegExp;

/** Default look-back: a match, with all that it looks at before it, lies within this many bytes of text. */
export const DEFAULT_LOOK_BACK = 64 * 1024;

/** A pattern that was accepted, with all that the matcher has to know about it. */
export interface CompiledPattern {
  readonly source: Pattern;
  readonly tree: PatternTree;
  /** `closed`: complete as soon as its last character is there. `open`: what follows may change the match. */
  readonly end: 'closed' | 'open';
  /** Whether some part of it asks for the next character: a look-ahead, `$`, `\b`, `\B`. */
  readonly asksNext: boolean;
  /** Longest match in bytes of text; Infinity when only the end of a line bounds it. */
  readonly maxLength: number;
  /** Most bytes before a match that it looks at (look-behind); Infinity as above. */
  readonly looksBehind: number;
  /** Most line ends in a match together with what it looks at before. */
  readonly maxLineEnds: number;
  /** In bytes. */
  readonly lookBack: number;
  /** The pattern for the JavaScript engine, with the g flag so that a search can begin inside a text. */
  readonly regex: RegExp;
  /** The same for the same pattern and look-back. */
  readonly id: number;
}

const phrases = new WeakMap<RegExp, string>();

/** Gives a pattern a phrase by which messages call it: a long expression says little to a person. */
export function phrased(pattern: RegExp, phrase: string): RegExp {
  phrases.set(pattern, phrase);
  return pattern;
}

/** The pattern as it is shown in messages: `"login: "`, `/login:\s/i`, or its phrase. */
export function describePattern(pattern: Pattern): string {
  return typeof pattern === 'string' ? JSON.stringify(pattern) : (phrases.get(pattern) ?? String(pattern));
}
