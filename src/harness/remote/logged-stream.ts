/** A stream from another host whose bytes are kept in a file of this one, as a QEMU of this host does by itself. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { Duplex } from 'node:stream';

export class LoggedStream extends Duplex {
  readonly #inner: Duplex;
  #log: number | undefined;

  /** @param file is appended to; a file that can't be written to costs the log, not the console. */
  constructor(inner: Duplex, file: string) {
    super({ autoDestroy: true });
    this.#inner = inner;
    try {
      this.#log = openSync(file, 'a', 0o644);
    } catch {}
    inner.pause();
    inner.on('data', (bytes: Buffer) => {
      this.#keep(bytes);
      if (!this.push(bytes)) inner.pause();
    });
    inner.once('end', () => this.push(null));
    inner.once('close', () => this.push(null));
    inner.on('error', () => {});
  }

  override _read(): void {
    this.#inner.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // What is sent to one that has gone is lost, as it is with a socket pair.
    if (this.#inner.writable) this.#inner.write(chunk, () => done());
    else done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner.destroy();
    if (this.#log !== undefined) closeSync(this.#log);
    this.#log = undefined;
    done(error);
  }

  /** At once: what is in the log is safe from our own death. */
  #keep(bytes: Buffer): void {
    try {
      if (this.#log !== undefined) writeSync(this.#log, bytes);
    } catch {}
  }
}
