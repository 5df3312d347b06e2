/** Reads the events of a run as they are appended. */
import { closeSync, openSync, readSync } from 'node:fs';
import { LiveEvent } from './event.ts';

const READ_BYTES = 1 << 16;

export class EventTail implements Disposable {
  readonly #path: string;
  #file: number | undefined;
  #at = 0;
  /** Bytes of a line whose end is not there yet. */
  #rest = Buffer.alloc(0);

  /** @param path a file that may not be there yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /** What has come since the last call; a line that is no event is left out. Never throws. */
  read(): LiveEvent[] {
    this.#file ??= opened(this.#path);
    if (this.#file === undefined) return [];
    const lines: string[] = [];
    const bytes = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const length = readSync(this.#file, bytes, 0, READ_BYTES, this.#at);
      if (length === 0) break;
      this.#at += length;
      this.#rest = Buffer.concat([this.#rest, bytes.subarray(0, length)]);
      const end = this.#rest.lastIndexOf(0x0a);
      if (end < 0) continue;
      lines.push(...this.#rest.toString('utf8', 0, end).split('\n'));
      this.#rest = this.#rest.subarray(end + 1);
    }
    return lines.flatMap(eventOf);
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

function eventOf(line: string): LiveEvent[] {
  try {
    return [LiveEvent.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
