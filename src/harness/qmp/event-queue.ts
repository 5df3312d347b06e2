/**
 * A listener's own queue of QMP events. Opened *before* the command whose events it wants: QEMU sends a job's
 * events before the reply to the command that started the job.
 */
import type { QmpEvent } from './message.ts';

export interface EventQueue extends AsyncIterable<QmpEvent>, Disposable {
  /** The next event; `undefined` once the monitor has closed, or this queue was disposed, and it is empty. */
  next(): Promise<QmpEvent | undefined>;
}

export class EventFeed {
  readonly #queues = new Set<Queue>();
  #closed = false;

  /** Opens a queue for the named events, or for all when none is named. */
  listen(names: readonly string[] = []): EventQueue {
    const queue = new Queue(new Set(names), () => this.#queues.delete(queue));
    if (this.#closed) queue.close();
    else this.#queues.add(queue);
    return queue;
  }

  publish(event: QmpEvent): void {
    for (const queue of this.#queues) queue.offer(event);
  }

  close(): void {
    this.#closed = true;
    for (const queue of this.#queues) queue.close();
    this.#queues.clear();
  }
}

type Taker = (event: QmpEvent | undefined) => void;

class Queue implements EventQueue {
  readonly #names: ReadonlySet<string>;
  readonly #forget: () => void;
  /** One of these two is always empty. */
  readonly #events: QmpEvent[] = [];
  readonly #takers: Taker[] = [];
  #closed = false;

  constructor(names: ReadonlySet<string>, forget: () => void) {
    this.#names = names;
    this.#forget = forget;
  }

  offer(event: QmpEvent): void {
    if (this.#names.size > 0 && !this.#names.has(event.event)) return;
    const taker = this.#takers.shift();
    if (taker) taker(event);
    else this.#events.push(event);
  }

  next(): Promise<QmpEvent | undefined> {
    const event = this.#events.shift();
    if (event || this.#closed) return Promise.resolve(event);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
    });
  }

  close(): void {
    this.#closed = true;
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<QmpEvent> {
    for (let event = await this.next(); event; event = await this.next()) yield event;
  }

  [Symbol.dispose](): void {
    this.#forget();
    this.#events.length = 0;
    this.close();
  }
}
