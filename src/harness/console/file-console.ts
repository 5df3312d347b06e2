/**
 * A console over files: what the guest prints is read from a growing file, what is typed goes into a FIFO. For a
 * recorded machine, whose QEMU must never wait for a reader.
 */
import { closeSync, constants, type FSWatcher, openSync, readSync, watch, writeSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { HostError } from '../../errors.ts';

const READ_BYTES = 1 << 16;

export class FileConsole extends Duplex {
  readonly #output: number;
  readonly #input: number;
  readonly #watcher: FSWatcher;
  #isWanted = false;
  #isFinished = false;

  /**
   * @param output existing file that QEMU appends to
   * @param input existing FIFO that QEMU reads
   * @throws HostError when the host has no room for another watch or descriptor.
   */
  constructor(output: string, input: string) {
    super({ autoDestroy: true });
    try {
      this.#output = openSync(output, 'r');
      // Both directions: opening a FIFO for writing alone fails while nobody reads it (fifo(7)).
      this.#input = openSync(input, constants.O_RDWR | constants.O_NONBLOCK);
      this.#watcher = watch(output, { persistent: false }, () => this.#pass());
    } catch (cause) {
      throw new HostError('DOMES_CONSOLE_FILE', `cannot follow ${output}: ${(cause as Error).message}`, {
        next: 'check the limits of open files and of watches: ulimit -n, fs.inotify.max_user_watches',
      });
    }
    this.#watcher.on('error', () => {});
  }

  /** Hands on what is in the file by now. */
  catchUp(): void {
    this.#pass();
  }

  /** QEMU has ended: what is left in the file is all that comes. */
  finish(): void {
    this.#isFinished = true;
    this.#pass();
  }

  override _read(): void {
    this.#isWanted = true;
    this.#pass();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      // At most some bursts of typing: a FIFO holds 64 KiB.
      writeSync(this.#input, chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#watcher.close();
    closeSync(this.#output);
    closeSync(this.#input);
    done(error);
  }

  #pass(): void {
    if (this.destroyed) return;
    while (this.#isWanted) {
      const bytes = Buffer.allocUnsafe(READ_BYTES);
      const length = readSync(this.#output, bytes, 0, READ_BYTES, null);
      if (length === 0) {
        if (this.#isFinished) this.push(null);
        return;
      }
      this.#isWanted = this.push(bytes.subarray(0, length));
    }
  }
}
