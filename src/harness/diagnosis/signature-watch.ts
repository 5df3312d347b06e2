/** Reads a text as it arrives and tells which failure classes its lines prove. */
import type { FailureClass } from './failure-class.ts';
import type { Landmark, LandmarkSign } from './landmark.ts';
import { LineScan, type Outcome, type ScannedLine } from './line-scan.ts';
import { LineWords, type WordsFound } from './line-words.ts';
import { type Entry, lineOf, type SignatureIndex } from './signature-index.ts';
import { isTalkedAbout } from './spoken-line.ts';
import { TypedText } from './typed-text.ts';

/** A line that proves a failure class. */
export interface Sign {
  readonly known: FailureClass;
  /** Lower is better evidence. */
  readonly rank: number;
  /** The last word is still to come. */
  readonly early: boolean;
  readonly line: ScannedLine;
}

export interface SignatureWatchParts {
  /** Answers whether this signature and worse ones of its class need not be told again. */
  readonly sign: (sign: Sign) => boolean;
  /** Whether prompts must be known before their lines end: somebody waits for them. */
  readonly isLive: boolean;
  readonly overcome: (classes: readonly FailureClass[]) => void;
  readonly landmark?: (landmark: Landmark, line: ScannedLine) => void;
  /** Whether characters `[from, to)` of the line were typed by a person or a scenario, not printed by a program. */
  readonly isTyped: (line: ScannedLine, from: number, to: number) => boolean;
}

/** Blank and ruled lines may stand between a heading and its text. */
const LINES_BEHIND_HEAD = 3;

export class SignatureWatch {
  readonly #index: SignatureIndex;
  readonly #parts: SignatureWatchParts;
  readonly #typed = new TypedText();
  readonly #lines: LineScan;
  /** For each entry whether a line is looked at for its sake. */
  readonly #wanted: Uint8Array;
  /** The last heading, and which signatures are asked about the lines behind it. */
  #head: { line: ScannedLine; followers: readonly number[] } | undefined;

  /** @param from offset of the first byte that will be read */
  constructor(index: SignatureIndex, parts: SignatureWatchParts, from = 0) {
    this.#index = index;
    this.#parts = parts;
    this.#wanted = new Uint8Array(index.entries.length);
    this.#lines = new LineScan(
      {
        scan: index.scan,
        wanted: this.#wanted,
        seesOpen: parts.isLive,
        seen: (line) => this.#examine(line),
      },
      from,
    );
    this.startOver();
  }

  /** Everything is to be told again. */
  startOver(): void {
    this.#index.entries.forEach((entry, number) => {
      // Nothing was found yet that a boot could overcome.
      const isLater = entry.kind === 'overcome' || (entry.kind === 'landmark' && entry.behind !== undefined);
      this.#wanted[number] = isLater ? 0 : 1;
    });
    this.#lines.reopen();
  }

  /** Reads text without escape sequences. */
  read(text: Uint8Array): void {
    this.#lines.read(text);
  }

  /** The text has ended. A heading that nothing follows is evidence itself. */
  end(): void {
    this.#lines.end();
    const follower = this.#head?.followers.at(-1);
    const entry = follower === undefined ? undefined : this.#index.entries[follower];
    if (this.#head && entry?.kind === 'sign') this.#prove(entry, this.#head.line);
  }

  #examine(line: ScannedLine): Outcome {
    const { entries } = this.#index;
    const followers = this.#head?.followers ?? [];
    let proven: FailureClass | undefined;
    /** Whether it will be the same when this line comes again. */
    let isSame = followers.length === 0;
    const words = new LineWords(line.text);
    for (const number of inOrder(line.found, followers)) {
      const entry = entries[number] as Entry;
      if (entry.kind === 'sign' && (proven || (line.open && !entry.signature.prompt))) continue;
      if (line.open && entry.kind !== 'sign') continue;
      const match = words.match(lineOf(entry));
      if (!match) continue;
      const speaker = this.#speaker(line, match, words);
      const isOwn = speaker === 'program';
      if (entry.kind === 'sign' && isOwn) {
        isSame = this.#prove(entry, line) && isSame;
        proven = entry.known;
      } else if (entry.kind === 'head' && isOwn) {
        this.#head = { line, followers: entry.followers };
        return LINES_BEHIND_HEAD;
      } else if (entry.kind === 'overcome' && isOwn && this.#wanted[number] === 1) {
        this.#overcome(number, entry.classes);
        isSame = false;
      } else if (entry.kind === 'landmark') {
        this.#pass(number, entry, line);
        isSame = isSame && entry.once === true;
      } else if (speaker === 'typist') isSame = false;
    }
    if (!isSame) return 0;
    return proven ? { topic: proven } : 'dull';
  }

  /** Answers whether the same line can prove nothing more. */
  #prove({ known, signature, rank }: Extract<Entry, { kind: 'sign' }>, line: ScannedLine): boolean {
    // Behind a heading it is the last word.
    const early = signature.early === true && this.#head === undefined;
    this.#head = undefined;
    const isEnough = this.#parts.sign({ known, rank, early, line });
    const { signs = [], overcomes = [] } = this.#index.ofClass.get(known) ?? {};
    for (const number of overcomes) this.#wanted[number] = 1;
    // A class has its signatures one behind the other, the best first.
    if (isEnough) for (const number of signs.slice(rank)) this.#wanted[number] = 0;
    return isEnough;
  }

  #pass(number: number, { landmark, once, behind }: LandmarkSign, line: ScannedLine): void {
    if (once || behind) this.#wanted[number] = 0;
    for (const other of this.#index.behind.get(landmark) ?? []) this.#wanted[other] = 1;
    this.#parts.landmark?.(landmark, line);
  }

  #overcome(number: number, classes: readonly FailureClass[]): void {
    this.#parts.overcome(classes);
    // Until one of them is found again there is nothing to overcome, and each may be found again.
    this.#wanted[number] = 0;
    for (const known of classes)
      for (const sign of this.#index.ofClass.get(known)?.signs ?? []) this.#wanted[sign] = 1;
    this.#lines.reopen(new Set(classes));
  }

  /** Whose words these are: a program's own, a person's or a scenario's (also in their echo), or a quotation. */
  #speaker(
    line: ScannedLine,
    { from, to }: WordsFound,
    { bareStart }: LineWords,
  ): 'program' | 'typist' | 'quotation' {
    if (this.#parts.isTyped(line, from, to)) {
      if (!line.open) this.#typed.note(line.text);
      return 'typist';
    }
    if (this.#typed.holds(line.text.slice(from))) return 'typist';
    return isTalkedAbout(line.text, from, bareStart) ? 'quotation' : 'program';
  }
}

function inOrder(found: ReadonlySet<number>, followers: readonly number[]): number[] {
  const numbers = followers.length > 0 ? [...new Set([...found, ...followers])] : [...found];
  return numbers.sort((a, b) => a - b);
}
