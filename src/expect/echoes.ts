/**
 * Which parts of a console's text are echoes of what was typed, and so not the guest's own words. Ranges of text
 * offsets, in their order.
 */

export interface EchoRange {
  readonly from: number;
  readonly to: number;
}

/** Typed lines whose echoes are remembered; a line has one or two ranges. */
const RANGES_KEPT = 8192;

export class Echoes {
  readonly #ranges: EchoRange[] = [];
  #expectedFrom = Number.POSITIVE_INFINITY;

  /** Something is being typed: text at or behind `offset` may be its echo, and is not told apart yet. */
  expectFrom(offset: number): void {
    this.#expectedFrom = offset;
  }

  /** The typing is over, and these were its echoes (behind all that were noted before). */
  settle(ranges: readonly EchoRange[]): void {
    this.#expectedFrom = Number.POSITIVE_INFINITY;
    for (const range of ranges) this.#note(range);
  }

  /** Whether text before `end` may hold an echo that is not told apart yet. */
  isOpen(end: number): boolean {
    return end > this.#expectedFrom;
  }

  /** Where the last echo ends that overlaps `[from, to)`, if one does. */
  overlapping(from: number, to: number): number | undefined {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle] as EchoRange).from < to) low = middle + 1;
      else high = middle;
    }
    const last = this.#ranges[low - 1];
    return last && last.to > from ? last.to : undefined;
  }

  /** Those that end behind `offset`. */
  since(offset: number): readonly EchoRange[] {
    return this.#ranges.filter(({ to }) => to > offset);
  }

  #note(range: EchoRange): void {
    const last = this.#ranges.at(-1);
    if (last && last.to >= range.from)
      this.#ranges[this.#ranges.length - 1] = { from: last.from, to: range.to };
    else this.#ranges.push(range);
    if (this.#ranges.length > 2 * RANGES_KEPT) this.#ranges.splice(0, RANGES_KEPT);
  }
}
