/** All consoles of a scenario, side by side, on one clock. */
import type { ScenarioView } from '../view.ts';
import type { Clock } from './clock.ts';
import { ConsolePanel } from './console-panel.ts';
import { h } from './element.ts';
import { searchBox } from './search-box.ts';

/** A line of a console that is worth a look: of a finding, of a milestone. */
export interface LinePlace {
  readonly machine: number;
  readonly console: string;
  readonly line: number;
}

export class Consoles {
  readonly element: HTMLElement;
  readonly #panels: readonly { readonly machine: number; readonly panel: ConsolePanel }[];
  readonly #clock: Clock;
  readonly #stopListening: () => void;

  constructor({ machines }: ScenarioView, clock: Clock) {
    this.#clock = clock;
    this.#panels = machines.flatMap(({ consoles, sinceMs, name }, machine) =>
      consoles.map((console) => ({
        machine,
        panel: new ConsolePanel(console, {
          sinceMs,
          machine: machines.length > 1 ? name : '',
          seek: (atMs) => clock.seek(atMs),
        }),
      })),
    );
    this.#stopListening = clock.listen(() => {
      for (const { panel } of this.#panels) panel.showTime(clock.atMs);
    });
    const search = searchBox(
      this.#panels.map(({ panel }) => panel.console),
      ({ console, line, atMs }, words) => {
        const found = this.#panels.find(({ panel }) => panel.console === console);
        if (!found) return;
        clock.pause();
        clock.seek(atMs + (machines[found.machine]?.sinceMs ?? 0));
        found.panel.showLine(line, words);
        reveal(found.panel.element);
      },
    );
    this.element = h(
      'section',
      { class: 'consoles', 'aria-label': 'Consoles' },
      h('div', { class: 'section-head' }, h('h2', {}, 'Consoles'), search),
      h('div', { class: 'grid' }, ...this.#panels.map(({ panel }) => panel.element)),
    );
  }

  /** Brings a line into view and marks it. @param look whether the page scrolls there too. */
  showLine({ machine, console, line }: LinePlace, look: boolean): void {
    const found = this.#panels.find((one) => one.machine === machine && one.panel.console.name === console);
    found?.panel.showLine(line);
    if (found && look) reveal(found.panel.element);
  }

  /** All as terminals, or all as text. */
  toggleMode(): void {
    const isText = this.#panels.some(({ panel }) => panel.mode === 'terminal');
    for (const { panel } of this.#panels) panel.show(isText ? 'text' : 'terminal');
    this.#clock.seek(this.#clock.atMs);
  }

  end(): void {
    this.#stopListening();
    for (const { panel } of this.#panels) panel.end();
  }
}

function reveal(element: HTMLElement): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
}
