/** When a console printed and when it was silent: its output as spans of time. */

export type Burst = readonly [fromMs: number, toMs: number];

/** Silence up to this long does not end a burst; and how many bursts are kept before shorter silences are forgotten. */
const SILENCE_MS = 150;
const MOST_BURSTS = 1_000;

export class Bursts {
  #bursts: [number, number][] = [];
  #silenceMs = SILENCE_MS;

  /** Something was printed. Times must not fall. */
  add(atMs: number): void {
    const last = this.#bursts.at(-1);
    if (last && atMs - last[1] <= this.#silenceMs) last[1] = Math.max(last[1], atMs);
    else this.#bursts.push([atMs, atMs]);
    while (this.#bursts.length > MOST_BURSTS) this.#coarsen();
  }

  list(): Burst[] {
    return this.#bursts.map(([from, to]) => [Math.round(from), Math.round(to)]);
  }

  #coarsen(): void {
    this.#silenceMs *= 2;
    const [first, ...others] = this.#bursts;
    if (!first) return;
    this.#bursts = [first];
    for (const [from, to] of others) {
      const last = this.#bursts.at(-1) as [number, number];
      if (from - last[1] <= this.#silenceMs) last[1] = to;
      else this.#bursts.push([from, to]);
    }
  }
}
