/** A machine that has arrived at a checkpoint, and the lock that keeps the files it runs from. */

export class Arrival<M extends AsyncDisposable> implements AsyncDisposable {
  readonly machine: M;
  #use: AsyncDisposable | undefined;

  /** @param use the lock; none where the machine has its files for itself. */
  constructor(machine: M, use?: AsyncDisposable) {
    this.machine = machine;
    this.#use = use;
  }

  /** The machine runs from other files now: those of before may go. */
  async runFrom(use: AsyncDisposable): Promise<void> {
    const before = this.#use;
    this.#use = use;
    await before?.[Symbol.asyncDispose]();
  }

  /** Ends the machine, then frees its files. Idempotent; rejects as the machine's disposal does. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.machine[Symbol.asyncDispose]();
    } finally {
      await this.#use?.[Symbol.asyncDispose]();
    }
  }
}
