/**
 * The screen of a console: a terminal grid (xterm.js, headless) for what draws with cursor addressing, such as
 * boot menus and installers. Text with the escapes stripped can't show where a menu's highlight is; this can.
 */
import xterm from '@xterm/headless';
import type { Console, WaitOptions } from './console.ts';

export interface Row {
  readonly text: string;
  /** The part of the row that is drawn in reverse video (or with a background colour): a menu's highlight. */
  readonly highlighted: string;
}

const COLUMNS = 80;
const ROWS = 25;

export class Screen {
  readonly #console: Console;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly #listeners = new Set<() => void>();

  constructor(console: Console) {
    this.#console = console;
    this.#terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, scrollback: 0, allowProposedApi: true });
    this.write(console.transcript.recentRaw());
  }

  /** Draws bytes from the guest. */
  write(bytes: Uint8Array): void {
    // The parser works asynchronously; the array may be reused by the wire.
    this.#terminal.write(Uint8Array.from(bytes), () => {
      for (const listener of this.#listeners) listener();
    });
  }

  /** The rows of the screen as they are now, top first. */
  rows(): Row[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: ROWS }, (_, y) => {
      const line = buffer.getLine(buffer.baseY + y);
      let highlighted = '';
      for (let x = 0; x < COLUMNS; x++) {
        const cell = line?.getCell(x);
        if (cell && (cell.isInverse() || !cell.isBgDefault())) highlighted += cell.getChars() || ' ';
      }
      return { text: line?.translateToString(true) ?? '', highlighted: highlighted.trim() };
    });
  }

  get cursor(): { readonly column: number; readonly row: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { column: cursorX, row: cursorY };
  }

  /** The whole screen as text, for messages and tests. */
  get text(): string {
    return this.rows()
      .map(({ text }) => text)
      .join('\n')
      .trimEnd();
  }

  /**
   * Waits until `read` finds what it looks for on the screen.
   * @throws as Console.expect does; `doing` says what was awaited.
   */
  async until<T>(
    doing: string,
    read: (rows: readonly Row[]) => T | undefined,
    options?: WaitOptions,
  ): Promise<T> {
    const onChange = (listener: () => void) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    };
    return this.#console.until(doing, { check: () => read(this.rows()), onChange }, options);
  }
}
