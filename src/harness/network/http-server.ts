/** A web server for one machine: on a Unix socket in its private folder, so that nobody else can reach it. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { HostError } from '../../errors.ts';
import type { RequestRecord } from '../report/record.ts';
import { servedFolder } from './served-folder.ts';

export interface HttpServerParts {
  /** The folder that it serves. */
  readonly folder: string;
  /** The socket that it listens at, in a folder that only this user can enter; at most 107 bytes (unix(7)). */
  readonly socket: string;
  /** Machine time, ms. */
  readonly clock: () => number;
  /** Makes port 80 of the server's address exist in the guest's network, or not. */
  readonly reach: (isUp: boolean) => Promise<void>;
}

/** Where the guest finds the server: an address of QEMU's user network (10.0.2.0/24) that nothing else has. */
export const HTTP_ADDRESS = '10.0.2.100';

/** So many requests are kept: a guest could ask for ever. */
const KEPT_REQUESTS = 2_000;

export class HttpServer implements AsyncDisposable {
  /** What the server's address is to the guest, without a slash at its end. */
  readonly address = `http://${HTTP_ADDRESS}`;
  readonly folder: string;
  readonly #parts: HttpServerParts;
  readonly #requests: RequestRecord[] = [];
  #server: Server | undefined;

  constructor(parts: HttpServerParts) {
    this.folder = parts.folder;
    this.#parts = parts;
  }

  /** The first requests, in the order in which they ended. */
  get requests(): readonly RequestRecord[] {
    return this.#requests;
  }

  get isUp(): boolean {
    return this.#server !== undefined;
  }

  /** Serves, from the moment at which this resolves. Idempotent. @throws HostError when the system refuses it. */
  async start(): Promise<void> {
    if (this.#server) return;
    const { folder, socket, reach } = this.#parts;
    const answer = servedFolder(folder);
    const server = createServer((request, response) => {
      this.#keep(request, response);
      answer(request, response);
    });
    this.#server = server;
    try {
      rmSync(socket, { force: true });
      server.listen(socket);
      await once(server, 'listening');
      server.on('error', () => {});
      await reach(true);
    } catch (cause) {
      await this[Symbol.asyncDispose]();
      throw new HostError('DOMES_HTTP', `cannot serve ${folder}: ${(cause as Error).message}`, {}, { cause });
    }
  }

  /** Cuts off what is being served, and refuses every connection from then on. Idempotent. */
  async stop(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await this.#parts.reach(false);
  }

  /** Closes the server; the guest's network is left as it is. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server?.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  #keep(request: IncomingMessage, response: ServerResponse): void {
    const { socket, method = '', url = '' } = request;
    const before = socket.bytesWritten;
    const atMs = this.#parts.clock();
    response.once('close', () => {
      if (this.#requests.length >= KEPT_REQUESTS) return;
      const { statusCode: status, writableFinished: complete } = response;
      this.#requests.push({ atMs, method, path: url, status, bytes: socket.bytesWritten - before, complete });
    });
  }
}
