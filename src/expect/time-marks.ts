/**
 * When was this text printed? Marks of (offset, time), at most one per 5 ms, so that an hour of a chatty console
 * costs 11 MB at the very worst and a usual boot a few kilobytes.
 */
const SPACING_MS = 5;

export class TimeMarks {
  #offsets = new Float64Array(256);
  #times = new Float64Array(256);
  #count = 0;

  /** Text from `offset` on was received at `atMs` (never earlier than the mark before). */
  mark(offset: number, atMs: number): void {
    const last = this.#count - 1;
    if (last >= 0 && atMs - (this.#times[last] as number) < SPACING_MS) return;
    if (this.#count === this.#offsets.length) this.#grow();
    this.#offsets[this.#count] = offset;
    this.#times[this.#count] = atMs;
    this.#count++;
  }

  /** When the byte at `offset` was received, ms; the start's time for what is before the first mark. */
  atMs(offset: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#offsets[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#times[low] ?? 0;
  }

  #grow(): void {
    const grow = (array: Float64Array) => {
      const larger = new Float64Array(array.length * 2);
      larger.set(array);
      return larger;
    };
    this.#offsets = grow(this.#offsets);
    this.#times = grow(this.#times);
  }
}
