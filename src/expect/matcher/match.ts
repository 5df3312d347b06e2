/** A match in the text of a console. */
export interface Match {
  /** Which pattern of the list matched. */
  readonly index: number;
  /** Offset in the text, in bytes, of the first byte of the match. */
  readonly start: number;
  /** Offset behind its last byte: what follows is unread. */
  readonly end: number;
  readonly text: string;
  /** What the capturing groups hold, without the whole match: `groups[0]` is group 1. */
  readonly groups: readonly (string | undefined)[];
  readonly named: Readonly<Record<string, string | undefined>>;
}
