/** Who wants to be called back, in the order in which they asked. */
export class Listeners<T> {
  readonly #listeners = new Set<(news: T) => void>();

  get size(): number {
    return this.#listeners.size;
  }

  /** Returns how to stop. */
  add(listener: (news: T) => void): () => void {
    // A function of its own, so that one listener may be added twice.
    const own = (news: T) => listener(news);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  call(news: T): void {
    for (const listener of this.#listeners) listener(news);
  }
}
