/**
 * A listener's own queue of QMP events. Opened *before* the command whose events it wants: QEMU sends a job's
 * events before the reply to the command that started the job.
 */
import type { QmpEvent } from './message.ts';

export interface EventQueue extends AsyncIterable<QmpEvent>, Disposable {
  /** The next event; `undefined` once the monitor has closed and the queue is empty. */
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

class Queue implements EventQueue {
  readonly #names: ReadonlySet<string>;
  readonly #forget: () => void;
  readonly #waiting: QmpEvent[] = [];
  #taker: ((event: QmpEvent | undefined) => void) | undefined;
  #closed = false;

  constructor(names: ReadonlySet<string>, forget: () => void) {
    this.#names = names;
    this.#forget = forget;
  }

  offer(event: QmpEvent): void {
    if (this.#names.size > 0 && !this.#names.has(event.event)) return;
    if (this.#taker) this.#take(event);
    else this.#waiting.push(event);
  }

  next(): Promise<QmpEvent | undefined> {
    const waiting = this.#waiting.shift();
    if (waiting || this.#closed) return Promise.resolve(waiting);
    return new Promise((resolve) => {
      this.#taker = resolve;
    });
  }

  close(): void {
    this.#closed = true;
    this.#take(undefined);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<QmpEvent> {
    for (let event = await this.next(); event; event = await this.next()) yield event;
  }

  [Symbol.dispose](): void {
    this.#forget();
    this.close();
  }

  #take(event: QmpEvent | undefined): void {
    const taker = this.#taker;
    this.#taker = undefined;
    taker?.(event);
  }
}
