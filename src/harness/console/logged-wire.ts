/**
 * A console's wire over a socket whose bytes QEMU logs as well: the socket says that there is something, the log has it.
 *
 * QEMU drops what a virtio console prints while the socket is full (hw/char/virtio-console.c, flush_buf), and logs it
 * nevertheless (chardev/char.c, qemu_chr_write_buffer). Linux sends 16 bytes at a time, and some 270 of such messages fill
 * a socket: a burst of 4 KB is enough, when this process is busy for some milliseconds.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { Wire } from '../../expect/wire.ts';
import { socketWire } from './socket-wire.ts';

const READ_BYTES = 1 << 16;
/** A socket can only have been full while something from it had not been read: so long after, the log has it, ms. */
const SETTLED_MS = 20;
/** A log that has less than the socket for so long can't be written (a full disk): the socket goes on alone, ms. */
const PATIENCE_MS = 500;

/**
 * @param file QEMU's log of this console. What it holds before the wire is opened is old.
 * @param explained as for socketWire
 */
export function loggedWire(socket: Duplex, file: string, explained?: Promise<unknown>): Wire {
  const wire = socketWire(socket, explained);
  let log: LogReader | undefined;
  return {
    open(sink) {
      const reader = new LogReader(file, (bytes) => sink.bytes(bytes));
      log = reader;
      wire.open({
        bytes: (chunk) => reader.heard(chunk),
        end: () => {
          reader.end();
          sink.end();
        },
      });
    },
    send: (bytes) => wire.send(bytes),
    close() {
      wire.close();
      log?.[Symbol.dispose]();
    },
  };
}

class LogReader implements Disposable {
  readonly #file: number;
  readonly #deliver: (bytes: Buffer) => void;
  #at: number;
  /** So much more the socket has brought than the log; less than 0 when it has not yet, or when it has lost something. */
  #aheadBytes = 0;
  /** The last that it has brought, while it is ahead. */
  #ahead: Buffer[] = [];
  #behindSince: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #isAlone = false;
  #isClosed = false;

  constructor(file: string, deliver: (bytes: Buffer) => void) {
    this.#file = openSync(file, 'r');
    this.#at = fstatSync(this.#file).size;
    this.#deliver = deliver;
  }

  heard(chunk: Uint8Array): void {
    this.#ahead.push(Buffer.from(chunk));
    this.#aheadBytes += chunk.length;
    if (this.#isAlone) this.#deliverAhead();
    else this.#look({ again: true });
  }

  /** The socket has ended: what the log has now is all that comes. */
  end(): void {
    if (!this.#isClosed && !this.#isAlone) {
      this.#read();
      if (this.#aheadBytes > 0) this.#goAlone();
    }
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    closeSync(this.#file);
  }

  /**
   * Delivers what is new, and looks again: at once when the socket knows of more, else a little later.
   * @param again also when nothing is new
   */
  #look({ again }: { readonly again: boolean }): void {
    if (this.#isClosed || this.#isAlone) return;
    const isNew = this.#read();
    // Whoever was called may have closed this.
    if (this.#isClosed) return;
    clearImmediate(this.#soon);
    clearTimeout(this.#timer);
    if (this.#aheadBytes <= 0) {
      this.#behindSince = undefined;
      if (isNew || again) this.#timer = setTimeout(() => this.#look({ again: false }), SETTLED_MS);
      return;
    }
    const now = performance.now();
    if (isNew) this.#behindSince = undefined;
    this.#behindSince ??= now;
    if (now - this.#behindSince > PATIENCE_MS) this.#goAlone();
    else if (now - this.#behindSince < 1) this.#soon = setImmediate(() => this.#look({ again }));
    else this.#timer = setTimeout(() => this.#look({ again }), 1);
  }

  #read(): boolean {
    let isNew = false;
    for (;;) {
      const bytes = Buffer.allocUnsafe(READ_BYTES);
      const length = readSync(this.#file, bytes, 0, READ_BYTES, this.#at);
      if (length === 0) return isNew;
      isNew = true;
      this.#at += length;
      this.#aheadBytes -= length;
      if (this.#aheadBytes <= 0) this.#ahead = [];
      this.#deliver(bytes.subarray(0, length));
      if (this.#isClosed) return isNew;
    }
  }

  #goAlone(): void {
    this.#isAlone = true;
    this.#deliverAhead();
  }

  #deliverAhead(): void {
    const rest = Buffer.concat(this.#ahead).subarray(-this.#aheadBytes);
    this.#ahead = [];
    this.#aheadBytes = 0;
    this.#deliver(rest);
  }
}
