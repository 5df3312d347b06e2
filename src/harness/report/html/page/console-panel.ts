/** One console: its name, what it printed, and the two ways to look at it. */

import { seconds } from '../seconds.ts';
import type { ConsoleView } from '../view.ts';
import { bytesText } from './bytes-text.ts';
import { fileLink, h } from './element.ts';
import { TerminalView } from './terminal-view.ts';
import { TextView } from './text-view.ts';

export type PanelMode = 'terminal' | 'text';

export interface PanelOptions {
  /** Of the machine on the scenario's clock, ms. */
  readonly sinceMs: number;
  readonly machine: string;
  /** A row was clicked; ms on the scenario's clock. */
  readonly seek: (atMs: number) => void;
}

export class ConsolePanel {
  readonly element: HTMLElement;
  readonly console: ConsoleView;
  readonly #options: PanelOptions;
  readonly #body = h('div', { class: 'body' });
  readonly #buttons: Record<PanelMode, HTMLButtonElement>;
  #mode: PanelMode | undefined;
  #terminal: TerminalView | undefined;
  #text: TextView | undefined;
  #nowMs = 0;

  constructor(console: ConsoleView, options: PanelOptions) {
    this.console = console;
    this.#options = options;
    const button = (mode: PanelMode, name: string) =>
      h('button', { type: 'button', onclick: () => this.show(mode), disabled: !this.#can(mode) }, name);
    this.#buttons = { terminal: button('terminal', 'Terminal'), text: button('text', 'Text') };
    this.element = h(
      'article',
      { class: 'console', 'data-console': console.key, 'aria-label': `Console ${console.name}` },
      h(
        'header',
        {},
        h(
          'h3',
          {},
          options.machine !== '' && h('span', { class: 'machine' }, `${options.machine} ▸ `),
          console.name,
        ),
        h('span', { class: 'quiet' }, about(console)),
        h(
          'span',
          { class: 'modes', role: 'group', 'aria-label': 'View' },
          this.#buttons.terminal,
          this.#buttons.text,
        ),
        h(
          'button',
          {
            type: 'button',
            class: 'plain widen',
            title: 'As wide as the page',
            'aria-label': 'As wide as the page',
            onclick: () => this.element.classList.toggle('wide'),
          },
          '⤢',
        ),
      ),
      this.#body,
      h('footer', {}, ...console.files.map(([name, href]) => fileLink(name, href))),
    );
    if (console.absent !== undefined)
      this.#body.append(h('p', { class: 'none' }, `Not shown: ${console.absent}.`));
    else if (console.bytes === 0) this.#body.append(h('p', { class: 'none' }, 'It printed nothing.'));
    // 80 columns on a phone are too small to be read.
    else this.show(console.cast && innerWidth > 640 ? 'terminal' : 'text');
  }

  get mode(): PanelMode | undefined {
    return this.#mode;
  }

  show(mode: PanelMode): void {
    if (!this.#can(mode) || this.#mode === mode) return;
    this.#mode = mode;
    for (const [name, button] of Object.entries(this.#buttons))
      button.setAttribute('aria-pressed', String(name === mode));
    if (mode === 'terminal') this.#terminal ??= new TerminalView(this.console);
    else
      this.#text ??= new TextView(this.console, (atMs) => this.#options.seek(atMs + this.#options.sinceMs));
    const view = mode === 'terminal' ? this.#terminal : this.#text;
    if (view) this.#body.replaceChildren(view.element);
    this.#tell();
  }

  /** Shows the moment, ms on the scenario's clock. */
  showTime(atMs: number): void {
    this.#nowMs = atMs - this.#options.sinceMs;
    this.#tell();
  }

  /** Shows a line of the text, and what is marked in it. */
  showLine(line: number, words?: string): void {
    this.show('text');
    this.#text?.showLine(line, words);
  }

  end(): void {
    this.#terminal?.end();
    this.#text?.end();
  }

  #can(mode: PanelMode): boolean {
    const { absent, bytes, cast } = this.console;
    return absent === undefined && bytes > 0 && (mode === 'text' || cast);
  }

  #tell(): void {
    if (this.#mode === 'terminal') void this.#terminal?.show(this.#nowMs);
    // What can't be loaded is said where it would be.
    else this.#text?.showTime(this.#nowMs).catch(() => {});
  }
}

function about({ bytes, chunks, typed, retyped, cast, absent }: ConsoleView): string {
  if (absent !== undefined) return '';
  const last = chunks.at(-1);
  const lines = last ? last[0] + last[1] - 1 : 0;
  const parts = [bytesText(bytes), `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}`];
  if (typed > 0) parts.push(`${typed} typed${retyped > 0 ? `, ${retyped} again` : ''}`);
  if (!cast && bytes > 0) parts.push('too long for the player');
  const [first] = chunks;
  if (first && first[2] > 1000) parts.push(`from ${seconds(first[2])}`);
  return parts.join(' · ');
}
