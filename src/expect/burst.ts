/** One burst of typed characters on its way: followed in what the guest prints until its echo is complete. */
import { type EchoReading, followEcho } from './echo.ts';
import type { EchoRange } from './echoes.ts';
import { type DecodedText, decodeWithOffsets } from './text/utf8.ts';
import type { Transcript } from './transcript.ts';

/** An echo is looked for in the latest text only: a look stays cheap, whatever floods the console. */
const MAX_PRINTED_BYTES = 1 << 16;
/** A wrap puts one or two characters between two that were typed; more than that is somebody else's text. */
const MAX_WRAP = 2;

export class Burst {
  readonly text: string;
  readonly #characters: readonly string[];
  readonly #transcript: Transcript;
  /** Those of the burst before, which are read once more: a wrapped line may look complete a character early. */
  readonly #before: readonly string[];
  /** Offset at which its echo begins, or this one's where there is none before. */
  readonly #from: number;
  /** What was printed from there on, and where in it each of the characters was echoed. */
  #printed: DecodedText = decodeWithOffsets(Buffer.alloc(0), 0, 0);
  #printedFrom = 0;
  #places: readonly number[] = [];

  /** Begins with what will be printed from now on, and behind the echo of the burst before, where there is one. */
  constructor(transcript: Transcript, text: string, last?: Burst) {
    this.text = text;
    this.#characters = Array.from(text);
    this.#transcript = transcript;
    this.#before = last ? last.#characters : [];
    this.#from = last ? last.#offsetOf(last.#before.length) : transcript.end;
  }

  /** Offset before which nothing is its echo. */
  get from(): number {
    return this.#offsetOf(this.#before.length);
  }

  /** Looks for the echo in what was printed up to now; true once it is complete. */
  follow(reading: EchoReading): boolean {
    const { end } = this.#transcript;
    this.#printedFrom = Math.max(this.#from, end - MAX_PRINTED_BYTES);
    const bytes = Buffer.from(this.#transcript.slice(this.#printedFrom, end));
    this.#printed = decodeWithOffsets(bytes, 0, bytes.length);
    const typed = [...this.#before, ...this.#characters];
    this.#places = followEcho(typed, this.#printed.text, reading);
    return this.#places.length === typed.length;
  }

  /** What of it was echoed, as far as was looked. */
  get echoed(): string {
    return this.#characters.slice(0, Math.max(0, this.#places.length - this.#before.length)).join('');
  }

  /** What was printed instead of the rest of it. */
  get instead(): string {
    const last = this.#places.at(-1);
    return this.#printed.text.slice(last === undefined ? 0 : last + 1);
  }

  /** Where its echo is in the console's text; more than one range where something else was printed in between. */
  get ranges(): EchoRange[] {
    const ranges: [first: number, last: number][] = [];
    for (const place of this.#places.slice(this.#before.length)) {
      const range = ranges.at(-1);
      if (range && place - range[1] <= 1 + MAX_WRAP) range[1] = place;
      else ranges.push([place, place]);
    }
    return ranges.map(([first, last]) => ({
      from: this.#printedFrom + this.#printed.startOffset(first),
      to: this.#printedFrom + this.#printed.endOffset(last + 1),
    }));
  }

  /** Offset behind the echo of the first `characters` of what was followed. */
  #offsetOf(characters: number): number {
    const last = this.#places[characters - 1];
    return last === undefined ? this.#from : this.#printedFrom + this.#printed.endOffset(last + 1);
  }
}
