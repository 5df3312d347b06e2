/**
 * A minimal owner of the engine: bytes go in, a promise for the first of some patterns comes out. What the bench
 * measures is this until it is pointed at the console itself.
 */
import type { Match } from '../../src/expect/matcher/match.ts';
import { Matcher } from '../../src/expect/matcher/matcher.ts';
import type { CompiledPattern } from '../../src/expect/pattern/pattern.ts';
import { EscapeStripper } from '../../src/expect/text/escape-stripper.ts';
import { TextWindow } from '../../src/expect/text/text-window.ts';

export class EngineWait {
  readonly #patterns: readonly CompiledPattern[];
  readonly #stripper = new EscapeStripper();
  readonly #window = new TextWindow();
  #cursor = 0;
  #waiting: { readonly matcher: Matcher; readonly resolve: (match: Match) => void } | undefined;

  constructor(patterns: readonly CompiledPattern[]) {
    this.#patterns = patterns;
  }

  receive(chunk: Uint8Array): void {
    this.#window.append(this.#stripper.strip(chunk));
    this.#look();
  }

  /** Whether a promise is still to be resolved. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** The next match in the unread text. */
  next(): Promise<Match> {
    return new Promise((resolve) => {
      this.#waiting = { matcher: new Matcher(this.#patterns, this.#window, this.#cursor), resolve };
      this.#look();
    });
  }

  #look(): void {
    if (!this.#waiting) return;
    const { matcher, resolve } = this.#waiting;
    const match = matcher.advance();
    this.#window.dropBefore(match ? match.end : matcher.needsFrom);
    if (!match) return;
    this.#cursor = match.end;
    this.#waiting = undefined;
    resolve(match);
  }
}
