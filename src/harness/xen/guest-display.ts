/**
 * The display and the keyboard of an HVM guest, by the monitor of its device model. A boot loader that knows no serial
 * port speaks there: OpenBSD's, or any that asks the BIOS.
 */
import { ExpectTimeoutError, ScenarioError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/console.ts';
import type { Dom0 } from './dom0.ts';
import type { Speaker } from './speaking-guest.ts';

const COLUMNS = 80;
const ROWS = 25;
/** The memory of a VGA in text mode: a character and its colours, 25 rows of 80, at 0xb8000. */
const READ = `xp /${COLUMNS * ROWS}hx 0xb8000`;
/** Leaves the characters of what the monitor prints, in hexadecimal, on one line. */
const CHARACTERS = "sed 's/^[^:]*: //; s/0x..//g; s/[^0-9a-f]//g' | tr -d '\\n'";

const DEFAULT_TIMEOUT_MS = 60_000;

/** QEMU's names for the keys of a US keyboard that are not the character itself: ui/keymaps, qapi/ui.json. */
const KEYS: Readonly<Record<string, string>> = {
  ...{ ' ': 'spc', '-': 'minus', '=': 'equal', '.': 'dot', ',': 'comma', '/': 'slash', ';': 'semicolon' },
  ...{
    ':': 'shift-semicolon',
    _: 'shift-minus',
    '+': 'shift-equal',
    '?': 'shift-slash',
    '"': 'shift-apostrophe',
  },
  ...{ "'": 'apostrophe', '\\': 'backslash', '[': 'bracket_left', ']': 'bracket_right', '*': 'shift-8' },
  ...{ '(': 'shift-9', ')': 'shift-0', '!': 'shift-1', '@': 'shift-2', '#': 'shift-3', '&': 'shift-7' },
};

export interface DisplayWait extends WaitOptions {
  /**
   * A key that is pressed with each look, by QEMU's name of it: `backspace` stops a loader's countdown and changes nothing
   * else, also when it was pressed before the loader reads. Not before the BIOS says `Booting from`: a key while SeaBIOS
   * sets the keyboard up leaves it without one.
   */
  readonly meanwhile?: string;
}

/** Whose display it is; its number is another one after a reboot. */
interface Shown extends Pick<Speaker, 'name' | 'console'> {
  readonly domid: number;
}

export class GuestDisplay {
  readonly #dom0: Dom0;
  readonly #guest: Shown;

  constructor(dom0: Dom0, guest: Shown) {
    this.#dom0 = dom0;
    this.#guest = guest;
  }

  /**
   * What stands on it in text mode, row by row, without blanks at the ends.
   * @throws CommandError with xl's own words when the guest has no device model.
   */
  async text(wait?: WaitOptions): Promise<string> {
    return screenText(await this.#dom0.run(`${this.#monitor(READ)} | ${CHARACTERS}`, wait));
  }

  /**
   * Asks until the pattern stands there, and returns the text. A question takes dom0 a second or more.
   * @throws ExpectTimeoutError with what stands there instead.
   */
  async expect(
    pattern: RegExp | string,
    { timeout = DEFAULT_TIMEOUT_MS, meanwhile, ...rest }: DisplayWait = {},
  ): Promise<string> {
    const until = performance.now() + timeout;
    for (;;) {
      if (meanwhile !== undefined) await this.#press([meanwhile], rest);
      const text = await this.text({ ...rest, timeout: Math.max(10_000, until - performance.now()) });
      if (typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0) return text;
      if (performance.now() < until) continue;
      const { name, console } = this.#guest;
      const rows = text.split('\n').filter((row) => row !== '');
      throw new ExpectTimeoutError(
        `the display of guest "${name}" did not show ${pattern}`,
        timeout,
        this.#dom0.machine.explain(console.name, {
          doing: 'reading the display of an HVM guest',
          console: console.name,
          probably: rows.length === 0 ? 'it shows nothing' : `it shows: ${rows.slice(-4).join(' ⏎ ')}`,
          next: "in text mode it needs vga: 'stdvga' in the guest's settings",
        }),
      );
    }
  }

  /**
   * Types a line on the keyboard, and presses Enter when it stands on the display.
   * @throws ScenarioError for a character that a US keyboard has no key for; ExpectTimeoutError when it does not appear.
   */
  async sendLine(line: string, wait?: WaitOptions): Promise<void> {
    await this.#press([...line].map(keyOf), wait);
    await this.expect(line, wait);
    await this.#press(['ret'], wait);
  }

  /** Presses one key, by QEMU's name of it: `esc`, `ret`, `spc`. */
  async press(key: string, wait?: WaitOptions): Promise<void> {
    if (!/^[a-z0-9_-]+$/.test(key)) throw new ScenarioError(`QEMU knows no key ${JSON.stringify(key)}`);
    await this.#press([key], wait);
  }

  async #press(keys: readonly string[], wait?: WaitOptions): Promise<void> {
    if (keys.length === 0) return;
    await this.#dom0.run(
      `for k in ${keys.join(' ')}; do ${this.#monitor('sendkey $k')}; done >/dev/null`,
      wait,
    );
  }

  #monitor(command: string): string {
    return `xl qemu-monitor-command ${this.#guest.domid} "${command}"`;
  }
}

function keyOf(character: string): string {
  if (/^[a-z0-9]$/.test(character)) return character;
  if (/^[A-Z]$/.test(character)) return `shift-${character.toLowerCase()}`;
  const key = KEYS[character];
  if (key !== undefined) return key;
  throw new ScenarioError(`no key of a US keyboard types ${JSON.stringify(character)}`);
}

/** The rows of a screen whose characters are given in hexadecimal, in code page 437, of which ASCII is shown. */
export function screenText(hexadecimal: string): string {
  const characters = Buffer.from(hexadecimal.trim(), 'hex')
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, ' ');
  const rows = Array.from({ length: ROWS }, (_, row) =>
    characters.slice(row * COLUMNS, (row + 1) * COLUMNS).trimEnd(),
  );
  return rows.join('\n').trimEnd();
}
