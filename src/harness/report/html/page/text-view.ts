/** A console as text, row by row, with times. Only the rows that are in view are in the document. */
import type { TextChunk } from '../console-text.ts';
import type { ConsoleView } from '../view.ts';
import { chunkOf, heldChunk } from './data.ts';
import { h } from './element.ts';
import { RowIndex } from './row-index.ts';
import { placesOf, rowText } from './row-text.ts';

const ROW_PIXELS = 19;
/** Browsers have a highest element (17 million pixels and more); above this a pixel of scrolling is several rows. */
const MOST_PIXELS = 8_000_000;

export class TextView {
  readonly element: HTMLElement;
  readonly #console: ConsoleView;
  readonly #index: RowIndex;
  readonly #rows = h('div', { class: 'rows' });
  readonly #pixels: number;
  readonly #onTime: (atMs: number) => void;
  readonly #resize: ResizeObserver;
  readonly #split = new WeakMap<TextChunk, { texts: string[]; times: number[] }>();
  #marked: number | undefined;
  #words = '';
  #nowMs = 0;
  #frame = 0;
  /** Counts what was to be shown: only the latest wish is followed when its chunk arrives. */
  #wish = 0;

  /** @param onTime is told the time of a row that was clicked, ms since power-on. */
  constructor(console: ConsoleView, onTime: (atMs: number) => void) {
    this.#console = console;
    this.#onTime = onTime;
    this.#index = new RowIndex(console.chunks);
    this.#pixels = Math.min(MOST_PIXELS, this.#index.rows * ROW_PIXELS);
    const space = h('div', { class: 'space' }, this.#rows);
    space.style.height = `${this.#pixels}px`;
    this.element = h(
      'div',
      {
        class: 'text',
        tabindex: 0,
        role: 'region',
        'aria-label': `Text of console ${console.name}`,
        'data-scrolls': true,
        onscroll: () => this.#draw(),
        onclick: (event: MouseEvent) => this.#clicked(event),
      },
      space,
    );
    this.#resize = new ResizeObserver(() => this.#draw());
    this.#resize.observe(this.element);
  }

  /** Shows the moment: what was printed later is pale. */
  async showTime(atMs: number): Promise<void> {
    this.#nowMs = atMs;
    const wish = ++this.#wish;
    const chunk = this.#index.chunkAt(atMs);
    const held = heldChunk(this.#console, chunk) ?? (await chunkOf(this.#console, chunk));
    if (!held || this.#wish !== wish) return this.#draw();
    const { times } = this.#splitOf(held);
    const later = times.findIndex((time) => time > atMs);
    this.#scrollTo(this.#index.row({ chunk, at: (later < 0 ? times.length : later) - 1 }), 0.85);
  }

  /** Marks a line, as the transcript numbers them, and brings it into view. */
  showLine(line: number, words = ''): void {
    const row = this.#index.rowOfLine(line);
    if (row === undefined) return;
    this.#wish++;
    this.#marked = row;
    this.#words = words;
    this.#scrollTo(row, 0.5);
  }

  end(): void {
    this.#resize.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  /** @param where of the height the row shall be, 0 to 1. */
  #scrollTo(row: number, where: number): void {
    const { clientHeight } = this.element;
    const first = Math.max(0, row - (where * clientHeight) / ROW_PIXELS);
    const { range, last } = this.#extent();
    this.element.scrollTop = this.#isScaled ? (first / last) * range : first * ROW_PIXELS;
    this.#draw();
  }

  /** Whether there are more rows than pixels to scroll by. */
  get #isScaled(): boolean {
    return this.#pixels < this.#index.rows * ROW_PIXELS;
  }

  /** How far one can scroll, in pixels, and the row that is first then. */
  #extent(): { range: number; last: number } {
    const { clientHeight } = this.element;
    const last = Math.max(1, this.#index.rows - Math.floor(clientHeight / ROW_PIXELS));
    return { range: Math.max(1, this.#pixels - clientHeight), last };
  }

  #draw(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const { scrollTop, clientHeight } = this.element;
    if (clientHeight === 0) return;
    const fits = Math.ceil(clientHeight / ROW_PIXELS) + 2;
    const { range, last } = this.#extent();
    const scaled = this.#isScaled;
    const first = Math.floor(scaled ? (scrollTop / range) * last : scrollTop / ROW_PIXELS);
    const rows: HTMLElement[] = [];
    const missing = new Set<number>();
    for (let row = first; row < Math.min(first + fits, this.#index.rows); row++) {
      const place = this.#index.place(row);
      const chunk = place && heldChunk(this.#console, place.chunk);
      if (place && !chunk) missing.add(place.chunk);
      rows.push(place && chunk ? this.#rowElement(row, chunk, place.at) : h('div', { class: 'row' }, '…'));
    }
    this.#rows.style.transform = `translateY(${scaled ? scrollTop : first * ROW_PIXELS}px)`;
    this.#rows.replaceChildren(...rows);
    for (const chunk of missing)
      chunkOf(this.#console, chunk).then(
        () => this.#draw(),
        (error: Error) => this.#rows.replaceChildren(h('p', { role: 'alert' }, error.message)),
      );
  }

  #rowElement(row: number, chunk: TextChunk, at: number): HTMLElement {
    const { texts, times } = this.#splitOf(chunk);
    const atMs = times[at] ?? 0;
    const { text, redrawn } = rowText(texts[at] ?? '', this.#words);
    const kind = ['row', row === this.#marked && 'marked', atMs > this.#nowMs && 'later']
      .filter(Boolean)
      .join(' ');
    return h(
      'div',
      { class: kind, 'data-ms': atMs },
      h('span', { class: 'time' }, (atMs / 1000).toFixed(3)),
      redrawn > 0 && h('span', { class: 'redrawn', title: `drawn ${redrawn + 1} times` }, `⟲${redrawn}`),
      h('span', { class: 'what' }, ...markedUp(text, this.#words)),
    );
  }

  #splitOf(chunk: TextChunk): { texts: string[]; times: number[] } {
    let split = this.#split.get(chunk);
    if (!split) {
      let atMs = chunk.atMs;
      split = {
        texts: chunk.text.split('\n'),
        times: chunk.laterMs.map((later) => {
          atMs += later;
          return atMs;
        }),
      };
      this.#split.set(chunk, split);
    }
    return split;
  }

  #clicked({ target }: MouseEvent): void {
    // Who selects text does not want to go anywhere.
    if (getSelection()?.isCollapsed === false) return;
    const atMs = Number((target as Element).closest<HTMLElement>('.row')?.dataset.ms);
    if (Number.isFinite(atMs)) this.#onTime(atMs);
  }
}

function markedUp(text: string, words: string): (string | HTMLElement)[] {
  const parts: (string | HTMLElement)[] = [];
  let done = 0;
  for (const [from, to] of placesOf(text, words)) {
    parts.push(text.slice(done, from), h('mark', {}, text.slice(from, to)));
    done = to;
  }
  parts.push(text.slice(done));
  return parts;
}
