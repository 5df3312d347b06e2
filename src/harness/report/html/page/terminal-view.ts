/** A console as the terminal that it was: the asciinema player, moved by our clock. */
import type { ConsoleView } from '../view.ts';
import { castOf, loadScript, loadStyle } from './data.ts';
import { h } from './element.ts';

interface Player {
  seek(seconds: number): Promise<unknown>;
  dispose(): void;
}

interface AsciinemaPlayer {
  create(source: object, element: HTMLElement, options: object): Player;
}

declare const AsciinemaPlayer: AsciinemaPlayer;

/** The player says on the browser's console whatever it does not know of a guest's sequences. */
const SILENT = { log() {}, debug() {}, info() {}, warn() {}, error() {} };

export class TerminalView {
  readonly element = h('div', { class: 'terminal' });
  readonly #console: ConsoleView;
  readonly #player: Promise<Player>;
  #wantedMs = 0;
  #busy = false;
  #ended = false;

  constructor(console: ConsoleView) {
    this.#console = console;
    this.element.setAttribute('role', 'img');
    this.element.setAttribute(
      'aria-label',
      `Terminal of console ${console.name}; its text is in the other view`,
    );
    this.#player = this.#start();
    this.#player.catch((error: Error) =>
      this.element.replaceChildren(h('p', { role: 'alert' }, error.message)),
    );
  }

  /** Shows the moment, ms since power-on; moments that come while the player is busy are left out. */
  async show(atMs: number): Promise<void> {
    this.#wantedMs = atMs;
    if (this.#busy || this.#ended) return;
    this.#busy = true;
    try {
      const player = await this.#player;
      for (let shown: number | undefined; shown !== this.#wantedMs && !this.#ended; ) {
        shown = this.#wantedMs;
        await player.seek(shown / 1000);
      }
    } catch {
      // Said in the element already.
    } finally {
      this.#busy = false;
    }
  }

  end(): void {
    this.#ended = true;
    this.#player.then(
      (player) => player.dispose(),
      () => {},
    );
  }

  async #start(): Promise<Player> {
    loadStyle('asciinema-player.css');
    const [events] = await Promise.all([castOf(this.#console), loadScript('asciinema-player.js')]);
    const { columns, rows } = this.#console;
    return AsciinemaPlayer.create({ data: () => events }, this.element, {
      cols: columns,
      rows,
      controls: false,
      preload: true,
      fit: 'width',
      cursorMode: 'steady',
      terminalFontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
      logger: SILENT,
    });
  }
}
