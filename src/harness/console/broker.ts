/**
 * Lets a person attach to a console while the harness has it: an endpoint (a Unix socket) that serves what the guest
 * prints, beginning with the latest part, and takes what the person types. QEMU's own socket has one client, the
 * harness; here any number may come and go, and none can hold the console up.
 *
 *     socat -,raw,echo=0,escape=0x1d UNIX-CONNECT:<path>      (Ctrl-] leaves)
 */
import type { Socket } from 'node:net';
import type { Console } from '../../expect/console.ts';
import { openEndpoint } from './endpoint.ts';

/** A client that is so much behind is cut off: it can come again, and begins with the latest part. */
const MAX_BEHIND_BYTES = 1 << 20;
export class ConsoleBroker implements AsyncDisposable {
  readonly path: string;
  readonly #console: Console;
  readonly #clients = new Set<Socket>();
  #endpoint: AsyncDisposable | undefined;
  #stopListening: (() => void) | undefined;

  private constructor(console: Console, path: string) {
    this.#console = console;
    this.path = path;
  }

  /**
   * Opens the endpoint, for this user only (mode 0600); a file that stands at `path` is replaced.
   * @param path in a folder that only this user can enter
   * @throws HostError when the system refuses it, or the path is too long for a socket.
   */
  static async open(console: Console, path: string): Promise<ConsoleBroker> {
    const broker = new ConsoleBroker(console, path);
    broker.#endpoint = await openEndpoint(path, (client) => broker.#serve(client));
    return broker;
  }

  /** How many are attached. */
  get clients(): number {
    return this.#clients.size;
  }

  /** Sends everybody away and removes the endpoint. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening?.();
    for (const client of this.#clients) client.destroy();
    this.#clients.clear();
    await this.#endpoint?.[Symbol.asyncDispose]();
  }

  #serve(client: Socket): void {
    this.#clients.add(client);
    client.unref();
    client.on('error', () => {});
    client.once('close', () => this.#leave(client));
    client.on('data', (bytes: Buffer) => this.#console.send(bytes));
    const { raw } = this.#console.transcript;
    client.write(raw.since(raw.start));
    this.#stopListening ??= this.#console.onBytes((bytes) => this.#pass(bytes));
  }

  #pass(bytes: Uint8Array): void {
    // The array is only valid during the call, and a slow client is written to later.
    const copy = Buffer.from(bytes);
    for (const client of this.#clients) {
      if (client.writableLength > MAX_BEHIND_BYTES) client.destroy();
      else client.write(copy);
    }
  }

  #leave(client: Socket): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }
}
