/** The lines that were typed lately: what a command prints of its own text (`echo Kernel panic`) proves nothing. */

const LINES_KEPT = 64;
/** Shorter words are typed by chance. */
const SHORTEST = 8;

export class TypedText {
  readonly #lines: string[] = [];

  note(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
  }

  /** Whether these very words were typed. */
  holds(words: string): boolean {
    const text = words.trim();
    return text.length >= SHORTEST && this.#lines.some((line) => line.includes(text));
  }
}
