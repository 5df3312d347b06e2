/**
 * The screen of a console: a terminal grid (xterm.js, headless) for what draws with cursor addressing, such as
 * boot menus and installers. Text with the escapes stripped can't show where a menu's highlight is; this can.
 *
 * It costs nothing while nobody looks: bytes are drawn when somebody does. When more came meanwhile than the
 * transcript keeps (64 KiB), it starts afresh from those.
 */
import xterm from '@xterm/headless';
import type { EvidenceLine } from '../errors.ts';
import type { Console, WaitOptions } from './console.ts';
import type { Condition } from './ending.ts';

export interface Row {
  readonly text: string;
  /** The part of the row that is drawn in reverse video (or with a background colour): a menu's highlight. */
  readonly highlighted: string;
  /** How many of its cells were printed to, blanks included: tells a drawn row from one that is still to come. */
  readonly written: number;
}

const COLUMNS = 80;
const ROWS = 25;
/** Number of the colour. */
const BLACK = 0;
/** A menu is drawn a few bytes at a time, some thousand times; a look at all of it takes 0.1 ms. */
const LOOK_MS = 5;

type Terminal = InstanceType<typeof xterm.Terminal>;

export class Screen {
  readonly #console: Console;
  readonly #terminal: Terminal;
  /** Raw bytes up to here were drawn. */
  #drawnTo = 0;

  constructor(console: Console) {
    this.#console = console;
    this.#terminal = new xterm.Terminal({
      cols: COLUMNS,
      rows: ROWS,
      scrollback: 0,
      allowProposedApi: true,
      logLevel: 'off',
    });
  }

  /** The rows of the screen as they are now, top first. */
  rows(): Row[] {
    const buffer = this.#drawn().buffer.active;
    return Array.from({ length: ROWS }, (_, y) => {
      const line = buffer.getLine(buffer.baseY + y);
      return {
        text: line?.translateToString(true) ?? '',
        highlighted: line ? highlightOf(line) : '',
        written: line ? writtenCells(line) : 0,
      };
    });
  }

  get cursor(): { readonly column: number; readonly row: number } {
    const { cursorX, cursorY } = this.#drawn().buffer.active;
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
    const condition = {
      ...atMostEvery(LOOK_MS, () => read(this.rows())),
      evidence: () => this.#evidence(),
    };
    return this.#console.until(doing, condition, options);
  }

  /** The screen as it is: text without its escapes would not tell what stands where. */
  #evidence(): EvidenceLine[] {
    const atMs = this.#console.transcript.lastAtMs;
    const rows = this.rows().filter(({ text }) => text.trim() !== '');
    return rows.map(({ text }) => ({ atMs, text }));
  }

  /** The terminal, with all that has come drawn on it. */
  #drawn(): Terminal {
    const { raw } = this.#console.transcript;
    if (raw.end === this.#drawnTo) return this.#terminal;
    if (this.#drawnTo < raw.start) this.#terminal.reset();
    writeSync(this.#terminal, raw.since(this.#drawnTo));
    this.#drawnTo = raw.end;
    return this.#terminal;
  }
}

/** A condition that is looked at now and then, and once more behind the last change. */
function atMostEvery<T>(ms: number, look: () => T | undefined): Condition<T> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let changed = () => {};
  return {
    check() {
      const wait = lookedAt + ms - performance.now();
      if (wait > 0) {
        timer ??= setTimeout(() => {
          timer = undefined;
          changed();
        }, wait);
        return undefined;
      }
      clearTimeout(timer);
      timer = undefined;
      lookedAt = performance.now();
      return look();
    },
    postponed: () => (timer ? 'later' : undefined),
    quiet: look,
    onChange(listener) {
      changed = listener;
      return () => clearTimeout(timer);
    },
  };
}

/**
 * Draws at once. The public `write` draws on a timer, and what is read next would be the screen of before; xterm's
 * own tests use this one as well (6.0.0: `CoreTerminal.writeSync`). It is safe where no parser hook is asynchronous.
 */
function writeSync(terminal: Terminal, bytes: Uint8Array): void {
  const { _core } = terminal as unknown as { _core: { writeSync(bytes: Uint8Array): void } };
  _core.writeSync(bytes);
}

type Line = NonNullable<ReturnType<Terminal['buffer']['active']['getLine']>>;
type Cell = NonNullable<ReturnType<Line['getCell']>>;

/** Cells that hold a character; a blank that was printed is one, a cell that was never printed to is not. */
function writtenCells(line: Line): number {
  let written = 0;
  for (let x = 0; x < COLUMNS; x++) if (line.getCell(x)?.getChars()) written++;
  return written;
}

/** On the terminal's own background, or on black, which is the same where somebody sets all colours himself (GRUB in a guest). */
function isPlain(cell: Cell): boolean {
  return cell.isBgDefault() || (cell.isBgPalette() && cell.getBgColor() === BLACK);
}

function highlightOf(line: Line): string {
  let highlighted = '';
  for (let x = 0; x < COLUMNS; x++) {
    const cell = line.getCell(x);
    if (cell && (cell.isInverse() || !isPlain(cell))) highlighted += cell.getChars() || ' ';
  }
  return highlighted.trim();
}
