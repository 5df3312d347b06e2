/**
 * The view of a run while it goes on, in Vitest's main process: in a terminal a block that is drawn in place, elsewhere
 * plain lines. It reads what the workers append to the run's events, and nobody waits for it.
 */
import type { TestCase, TestModule } from 'vitest/node';
import { earlierRuns, type HistoryLine, historyKey } from '../history.ts';
import { terminalOf } from '../terminal-row.ts';
import { blockRows } from './block.ts';
import { eventsFile, type LiveEvent } from './event.ts';
import { EventTail } from './event-tail.ts';
import { byScenario, type Expected, expectedOf } from './forecast.ts';
import { lineOf, stillLine } from './plain-lines.ts';
import { type Standing, Standings } from './standing.ts';
import { RunTally } from './tally.ts';
import { TerminalBlock } from './terminal-block.ts';

/** `off`: something else has the terminal, or is to have stdout alone. */
export type LiveStyle = 'block' | 'lines' | 'off';

export interface LivePlace {
  /** Project root. */
  readonly root: string;
  /** The run's folder, absolute. */
  readonly folder: string;
  readonly style: LiveStyle;
  readonly stream: NodeJS.WriteStream;
}

/** Often enough for a clock that shows seconds, and for a console that scrolls by. */
const TICK_MS = 250;
/** A log is never silent for longer while a machine runs. */
const SILENCE_MS = 25_000;

export class LiveView implements Disposable {
  readonly #place: LivePlace;
  readonly #tally: RunTally;
  readonly #events: EventTail;
  readonly #standings = new Standings();
  readonly #ended = new Set<string>();
  readonly #block: TerminalBlock | undefined;
  #earlier: ReadonlyMap<string, HistoryLine[]> | undefined;
  readonly #expected = new Map<Standing, Expected | undefined>();
  readonly #ticking: NodeJS.Timeout;
  #saidAt = Date.now();

  /** @param files how many test files there are. */
  constructor(place: LivePlace, files: number) {
    this.#place = place;
    this.#tally = new RunTally(files);
    this.#events = new EventTail(eventsFile(place.folder));
    const { stream, style } = place;
    if (style === 'block') this.#block = new TerminalBlock(stream, [process.stdout, process.stderr]);
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    // A run that has come to its end does not wait for the next look.
    this.#ticking.unref();
  }

  fileBegins(module: TestModule): void {
    this.#tally.fileBegins(module);
  }

  fileEnds(module: TestModule): void {
    this.#tally.fileEnds(module);
    this.#tick();
    // A worker that was killed said nothing of its machines' end.
    for (const test of module.children.allTests()) this.#ended.add(test.id);
    this.#standings.endOf((task) => this.#ended.has(task));
  }

  testEnds(test: TestCase): void {
    this.#tally.testEnds(test);
    this.#tick();
    this.#ended.add(test.id);
    this.#standings.endOf((task) => task === test.id);
  }

  /** Takes the block away, says the last of the lines. Idempotent. */
  [Symbol.dispose](): void {
    clearInterval(this.#ticking);
    this.#take();
    this.#block?.[Symbol.dispose]();
    this.#events[Symbol.dispose]();
  }

  #tick(): void {
    this.#take();
    const now = Date.now();
    const machines = this.#standings.running.map((standing) => ({
      standing,
      expected: this.#expectedOf(standing),
    }));
    if (this.#block) {
      const { stream } = this.#place;
      const window = { ...terminalOf(stream, process.env), rows: stream.rows || 24 };
      this.#block.draw(blockRows({ machines, tally: this.#tally.now, now }, window));
    } else if (now - this.#saidAt >= SILENCE_MS)
      for (const { standing, expected } of machines) this.#say(stillLine(standing, expected, now));
  }

  #take(): void {
    for (const event of this.#events.read()) {
      const machine = this.#standings.apply(event);
      if (machine && !this.#block) this.#tell(event, machine);
    }
  }

  #tell(event: LiveEvent, machine: Standing): void {
    const line = lineOf(event, machine, this.#expectedOf(machine));
    if (line !== undefined) this.#say(line);
  }

  #say(line: string): void {
    if (this.#place.style === 'off') return;
    this.#saidAt = Date.now();
    this.#place.stream.write(`domes  ${line}\n`);
  }

  /** Read when the first machine asks: most runs of unit tests have none. */
  #expectedOf(standing: Standing): Expected | undefined {
    if (!this.#expected.has(standing)) {
      this.#earlier ??= byScenario(earlierRuns(this.#place.root));
      const earlier = this.#earlier.get(historyKey(standing.file, standing.test)) ?? [];
      this.#expected.set(standing, expectedOf(earlier, standing.name));
    }
    return this.#expected.get(standing);
  }
}
