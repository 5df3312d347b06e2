/** The one clock of a scenario: every console, the timeline and the scrubber show the same moment. */

export const SPEEDS = [0.5, 1, 2, 4, 8] as const;

export class Clock {
  readonly endMs: number;
  readonly #listeners = new Set<() => void>();
  #atMs = 0;
  #speed = 1;
  #frame = 0;
  #frameAt = 0;

  constructor(endMs: number) {
    this.endMs = Math.max(1, endMs);
  }

  get atMs(): number {
    return this.#atMs;
  }

  get playing(): boolean {
    return this.#frame !== 0;
  }

  get speed(): number {
    return this.#speed;
  }

  set speed(speed: number) {
    this.#speed = speed;
    this.#tell();
  }

  /** Calls back now and on every change. Returns how to stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    listener();
    return () => this.#listeners.delete(listener);
  }

  seek(atMs: number): void {
    this.#atMs = Math.min(Math.max(0, atMs), this.endMs);
    this.#tell();
  }

  play(): void {
    if (this.playing) return;
    if (this.#atMs >= this.endMs) this.#atMs = 0;
    this.#frameAt = performance.now();
    this.#frame = requestAnimationFrame((now) => this.#step(now));
    this.#tell();
  }

  pause(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#tell();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  #step(now: number): void {
    this.#atMs = Math.min(this.endMs, this.#atMs + Math.max(0, now - this.#frameAt) * this.#speed);
    this.#frameAt = now;
    this.#frame = this.#atMs < this.endMs ? requestAnimationFrame((next) => this.#step(next)) : 0;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
