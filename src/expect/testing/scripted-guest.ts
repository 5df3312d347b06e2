/** A guest of a few lines for tests: what it prints is said by the test, what is typed at it is kept. */
import { Console, type ConsoleContext } from '../console.ts';
import { Transcript, type TranscriptParts } from '../transcript.ts';
import type { Wire, WireSink } from '../wire.ts';

export class ScriptedGuest implements Wire {
  /** What answers to bytes that are typed. */
  onInput: (text: string) => void = () => {};
  #sink: WireSink | undefined;
  #received = Buffer.alloc(0);
  isClosed = false;

  /** All that was sent to it. */
  get received(): string {
    return this.#received.toString('utf8');
  }

  /** Prints text, in pieces that are cut before these offsets of its bytes. */
  print(text: string | Uint8Array, cuts: readonly number[] = []): void {
    const bytes = Buffer.from(text);
    let from = 0;
    for (const to of [...cuts, bytes.length].sort((a, b) => a - b)) {
      if (to <= from || to > bytes.length) continue;
      // A copy that is wiped afterwards: the array is only valid during the call.
      const piece = Uint8Array.from(bytes.subarray(from, to));
      this.#sink?.bytes(piece);
      piece.fill(0x3f);
      from = to;
    }
  }

  end(): void {
    this.#sink?.end();
  }

  open(sink: WireSink): void {
    this.#sink = sink;
  }

  send(bytes: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    this.onInput(Buffer.from(bytes).toString('utf8'));
  }

  close(): void {
    this.isClosed = true;
  }
}

export interface ScriptedConsole {
  readonly guest: ScriptedGuest;
  readonly console: Console;
}

/** A console that is connected to a scripted guest. */
export function scriptedConsole(
  context: ConsoleContext = {},
  parts: Partial<TranscriptParts> = {},
): ScriptedConsole {
  const transcript = new Transcript({ clock: () => performance.now(), ...parts });
  const console = new Console('guest', transcript, context);
  const guest = new ScriptedGuest();
  console.attach(guest);
  return { guest, console };
}
