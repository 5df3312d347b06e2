/**
 * One wait's way through the unread text of a console. It begins at the reading position, wherever that is: what has
 * left the memory is read back from the history, piece by piece, and others have their turn in between. Echoes of
 * what was typed don't count: where a match overlaps one, the search goes on behind it.
 */
import type { Match } from './matcher/match.ts';
import { Matcher } from './matcher/matcher.ts';
import type { CompiledPattern } from './pattern/pattern.ts';
import { TextWindow } from './text/text-window.ts';
import type { Transcript } from './transcript.ts';

/** Read back in one piece. */
const PIECE_BYTES = 1 << 18;
/** Read back before others have their turn: about 10 ms. */
const TURN_BYTES = 1 << 22;

export class Reading {
  readonly #transcript: Transcript;
  readonly #patterns: readonly CompiledPattern[];
  #matcher: Matcher;
  /** A window of its own, while what it has to read is no longer in the transcript's. */
  #behind: TextWindow | undefined;
  #isHeld = false;

  constructor(transcript: Transcript, patterns: readonly CompiledPattern[], from: number) {
    this.#transcript = transcript;
    this.#patterns = patterns;
    this.#matcher = this.#startAt(from);
  }

  /** Reads what has arrived (or a turn's worth of it), and answers the match. */
  advance(): Match | undefined {
    this.#isHeld = false;
    for (let left = TURN_BYTES; ; left -= PIECE_BYTES) {
      const match = this.#guestsOwn(() => this.#matcher.advance());
      if (match || this.#isHeld || left <= 0 || !this.#readBack()) return match;
    }
  }

  /** The same, now that the console is quiet. */
  quiet(): Match | undefined {
    const match = this.advance();
    if (match || this.postponed) return match;
    return this.#guestsOwn(() => this.#matcher.advance() ?? this.#matcher.quiet());
  }

  /** Whether an open pattern waits for the console to fall quiet. */
  get undecided(): boolean {
    return this.#matcher.undecided;
  }

  /** `soon`: there is more to read back. `later`: a match may be an echo that has not been told apart yet. */
  get postponed(): 'soon' | 'later' | undefined {
    if (this.#isHeld) return 'later';
    return this.#behind && this.#behind.end < this.#transcript.end ? 'soon' : undefined;
  }

  #startAt(from: number): Matcher {
    const { window } = this.#transcript;
    this.#behind = from < window.start ? new TextWindow({ start: from }) : undefined;
    return new Matcher(this.#patterns, this.#behind ?? window, from);
  }

  /** Takes the next piece into the window of its own; false when there is none. */
  #readBack(): boolean {
    const window = this.#behind;
    if (!window || window.end >= this.#transcript.end) return false;
    const to = Math.min(window.end + PIECE_BYTES, this.#transcript.end);
    const piece = this.#transcript.slice(window.end, to);
    // A history that was cut short (a full disk): what is still in memory is all there is.
    if (piece.length === 0) this.#matcher = this.#startAt(this.#transcript.window.start);
    else window.append(piece);
    window.dropBefore(this.#matcher.needsFrom);
    return true;
  }

  /** Passes over matches that overlap an echo. */
  #guestsOwn(search: () => Match | undefined): Match | undefined {
    const { echoes } = this.#transcript;
    for (let match = search(); match; match = search()) {
      this.#isHeld = echoes.isOpen(match.end);
      if (this.#isHeld) return undefined;
      const echoEnd = echoes.overlapping(match.start, match.end);
      if (echoEnd === undefined) return match;
      this.#matcher = this.#startAt(echoEnd);
    }
    return undefined;
  }
}
