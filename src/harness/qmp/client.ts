/**
 * A QMP client over one duplex stream: replies are routed by id, events go to the queues of their listeners,
 * and the end of the stream ends everything that waits.
 */
import type { Duplex } from 'node:stream';
import { QmpError } from '../../errors.ts';
import { EventFeed, type EventQueue } from './event-queue.ts';
import { Greeting, QmpEvent, Reply } from './message.ts';

interface Pending {
  readonly command: string;
  resolve(value: unknown): void;
  reject(error: QmpError): void;
}

export class QmpClient {
  /** QEMU's version as its greeting gives it: `7.2.22 (Debian 1:7.2+…)`. */
  readonly qemuVersion: string;
  readonly #stream: Duplex;
  readonly #events: EventFeed;
  readonly #pending: Map<number, Pending>;
  #lastId = 0;

  private constructor(stream: Duplex, events: EventFeed, pending: Map<number, Pending>, greeting: Greeting) {
    const { qemu, package: build } = greeting.QMP.version;
    this.qemuVersion = `${qemu.major}.${qemu.minor}.${qemu.micro}${build ? ` (${build})` : ''}`;
    this.#stream = stream;
    this.#events = events;
    this.#pending = pending;
  }

  /**
   * Waits for the greeting and leaves negotiation mode.
   * @throws QmpError when the stream ends before that (QEMU refused its arguments, say) or isn't QMP.
   */
  static async connect(stream: Duplex): Promise<QmpClient> {
    const events = new EventFeed();
    const pending = new Map<number, Pending>();
    const greeting = await new Promise<Greeting>((resolve, reject) => {
      const end = () => {
        events.close();
        for (const waiting of pending.values())
          waiting.reject(new QmpError(waiting.command, 'the monitor closed before it replied: QEMU ended'));
        pending.clear();
        reject(new QmpError('greeting', 'the monitor closed before its greeting: QEMU ended'));
      };
      const route = (line: string) => {
        const message: unknown = JSON.parse(line);
        const hello = Greeting.safeParse(message);
        if (hello.success) return resolve(hello.data);
        const event = QmpEvent.safeParse(message);
        if (event.success) return events.publish(event.data);
        settle(Reply.parse(message), pending);
      };
      onLines(stream, (line) => {
        try {
          route(line);
        } catch (cause) {
          reject(new QmpError('greeting', `not a QMP message: ${line.slice(0, 200)}`, { cause }));
          stream.destroy();
        }
      });
      stream.once('close', end);
      // A reset is followed by 'close'; without a listener it would end the process.
      stream.on('error', () => {});
    });
    const client = new QmpClient(stream, events, pending, greeting);
    await client.execute('qmp_capabilities');
    return client;
  }

  /**
   * Executes a command and returns what QEMU returned.
   * @throws QmpError with QEMU's own words when it refuses, or when it ends before it replies.
   */
  execute(command: string, args?: Record<string, unknown>): Promise<unknown> {
    const id = ++this.#lastId;
    if (this.#stream.destroyed || !this.#stream.writable)
      return Promise.reject(new QmpError(command, 'the monitor is closed: QEMU ended'));
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { command, resolve, reject });
      this.#stream.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }), id })}\n`);
    });
  }

  /** Opens a queue of events; open it before the command that causes them. */
  listen(...names: string[]): EventQueue {
    return this.#events.listen(names);
  }
}

function settle(reply: Reply, pending: Map<number, Pending>): void {
  const waiting = reply.id === undefined ? undefined : pending.get(reply.id);
  if (!waiting || reply.id === undefined) return;
  pending.delete(reply.id);
  if ('error' in reply)
    waiting.reject(new QmpError(waiting.command, `${reply.error.class}: ${reply.error.desc}`));
  else waiting.resolve(reply.return);
}

/** QMP sends one JSON object per line. */
function onLines(stream: Duplex, line: (text: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) if (text.trim()) line(text);
  });
}
