/**
 * A QMP client over one duplex stream: replies are routed by id, events go to the queues of their listeners,
 * and the end of the stream ends everything that waits.
 */
import type { Duplex } from 'node:stream';
import { QmpError } from '../../errors.ts';
import { EventFeed, type EventQueue } from './event-queue.ts';
import { readLines } from './lines.ts';
import { Greeting, QmpEvent, Reply } from './message.ts';

interface Pending {
  readonly command: string;
  resolve(value: unknown): void;
  reject(error: QmpError): void;
}

export class QmpClient {
  readonly #stream: Duplex;
  readonly #events = new EventFeed();
  /** By id; in the order in which the commands were sent. */
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #qemuVersion = '';
  /** Why nothing more can come, once that is so. */
  #ended: string | undefined;

  private constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /**
   * Waits for the greeting and leaves negotiation mode.
   * @throws QmpError when the stream ends before that (QEMU refused its arguments, say) or isn't QMP.
   */
  static async connect(stream: Duplex): Promise<QmpClient> {
    const client = new QmpClient(stream);
    await client.#greeted();
    await client.execute('qmp_capabilities');
    return client;
  }

  /** QEMU's version as its greeting gives it: `7.2.22 (Debian 1:7.2+…)`. */
  get qemuVersion(): string {
    return this.#qemuVersion;
  }

  /**
   * Executes a command and returns what QEMU returned.
   * @throws QmpError with QEMU's own words when it refuses, or when it ends before it replies.
   */
  execute(command: string, args?: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined || !this.#stream.writable)
        return reject(new QmpError(command, this.#ended ?? CLOSED));
      const id = ++this.#lastId;
      this.#pending.set(id, { command, resolve, reject });
      this.#stream.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }), id })}\n`);
    });
  }

  /** Opens a queue of events, of all when none is named; open it before the command that causes them. */
  listen(...names: string[]): EventQueue {
    return this.#events.listen(names);
  }

  /** The first line is the greeting; every other one is an event or a reply. */
  #greeted(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.set(GREETING, { command: 'greeting', resolve: () => resolve(), reject });
      readLines(this.#stream, (line) => {
        try {
          this.#route(JSON.parse(line));
        } catch (cause) {
          this.#end(`not a QMP message: ${line.slice(0, 200)}`, cause);
          this.#stream.destroy();
        }
      });
      this.#stream.once('close', () => this.#end(CLOSED));
      // A reset is followed by 'close'; without a listener it would end this process.
      this.#stream.on('error', () => {});
    });
  }

  #route(message: unknown): void {
    if (this.#pending.has(GREETING)) {
      const { qemu, package: build } = Greeting.parse(message).QMP.version;
      this.#qemuVersion = `${qemu.major}.${qemu.minor}.${qemu.micro}${build ? ` (${build})` : ''}`;
      this.#take(GREETING)?.resolve(undefined);
      return;
    }
    const event = QmpEvent.safeParse(message);
    if (event.success) this.#events.publish(event.data);
    else this.#settle(Reply.parse(message));
  }

  #settle(reply: Reply): void {
    if (!('error' in reply)) {
      this.#take(reply.id)?.resolve(reply.return);
      return;
    }
    // An error without an id is about a line that QEMU could not even read; it answers in order, so the oldest.
    const [oldest] = this.#pending.keys();
    const waiting = this.#take(reply.id ?? oldest);
    waiting?.reject(new QmpError(waiting.command, `${reply.error.class}: ${reply.error.desc}`));
  }

  #take(id: number | undefined): Pending | undefined {
    const waiting = id === undefined ? undefined : this.#pending.get(id);
    if (id !== undefined) this.#pending.delete(id);
    return waiting;
  }

  #end(reason: string, cause?: unknown): void {
    this.#ended ??= reason;
    for (const { command, reject } of this.#pending.values())
      reject(new QmpError(command, this.#ended, cause === undefined ? undefined : { cause }));
    this.#pending.clear();
    this.#events.close();
  }
}

/** Stands among the pending commands until the greeting has come; ids start at 1. */
const GREETING = 0;

const CLOSED = 'the monitor closed: QEMU ended';
