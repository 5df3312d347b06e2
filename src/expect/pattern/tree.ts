/**
 * A regular expression as the engine sees it: small enough that each question about it is one short function.
 * `raw` is the user's own text, for messages.
 */

export type PatternTree =
  | { readonly kind: 'chars'; readonly set: CharacterSet; readonly raw: string }
  /** Strings that a `v` class can match (`\q{…}`, emoji sequences): taken as any text within a line. */
  | { readonly kind: 'strings'; readonly raw: string }
  | { readonly kind: 'sequence'; readonly items: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternTree[] }
  | {
      readonly kind: 'repeat';
      readonly body: PatternTree;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
      readonly raw: string;
    }
  | { readonly kind: 'look'; readonly ahead: boolean; readonly body: PatternTree; readonly raw: string }
  | { readonly kind: 'edge'; readonly at: EdgeKind }
  /** What a group matched, once more: `like` is the group's own tree. */
  | { readonly kind: 'copy'; readonly like: PatternTree };

export type EdgeKind = 'text-start' | 'line-start' | 'text-end' | 'line-end' | 'word' | 'not-word';

/** The characters that one place in a pattern can match. */
export interface CharacterSet {
  /** A flag for each byte: those of the ASCII characters that are in the set. */
  readonly ascii: Uint8Array;
  /** The UTF-8 bytes of the one other character, `any` when there may be several, or nothing. */
  readonly beyond: Uint8Array | 'any' | undefined;
}

export const EMPTY: PatternTree = { kind: 'sequence', items: [] };
