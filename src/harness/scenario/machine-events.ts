/** Tells Vitest's main process of a machine while it runs, by events in the run's folder. */
import type { Console } from '../../expect/console.ts';
import type { Machine } from '../machine/machine.ts';
import { appendEvent, eventsFile, type LiveEvent } from '../report/live/event.ts';

/** A console's last line is told at most so often: it is there to be looked at. */
const LINE_MS = 300;
/** As much of it as any terminal shows in a row. */
const LINE_CHARACTERS = 240;

/** Whose machines they are. */
export interface EventSource {
  /** The run's folder, absolute. */
  readonly runFolder: string;
  /** Vitest's id of the test. */
  readonly task: string;
  readonly file: string;
  readonly test: string;
}

type OwnEvent = LiveEvent extends infer Event
  ? Event extends LiveEvent
    ? Omit<Event, 'machine' | 'at'>
    : never
  : never;

let launches = 0;

export class MachineEvents implements Disposable {
  readonly #file: string;
  readonly #id = `${process.pid}-${++launches}`;
  readonly #stops: (() => void)[] = [];
  readonly #told = new Set<string>();
  #printing: Console | undefined;
  #line: NodeJS.Timeout | undefined;
  #lastLine = '';
  #ended = false;

  /** Its launch has begun. */
  constructor(name: string, { runFolder, task, file, test }: EventSource) {
    this.#file = eventsFile(runFolder);
    this.#tell({ kind: 'launch', name, task, file, test });
  }

  /** It is not made yet. @param why in words */
  wait(why: string): void {
    this.#tell({ kind: 'wait', why });
  }

  /** It runs: what happens is told from now on. */
  follow(machine: Machine): void {
    const { restoredFrom, milestones } = machine;
    const restored = restoredFrom && { name: restoredFrom.name, tookMs: restoredFrom.tookMs };
    this.#tell({ kind: 'run', clockMs: machine.clock(), ...(restored && { restored }) });
    const noted = () => {
      for (const { name, stage, atMs, isRestored } of milestones.list()) {
        if (this.#told.has(name)) continue;
        this.#told.add(name);
        this.#tell({ kind: 'milestone', name, stage, atMs, ...(isRestored && { restored: true }) });
      }
    };
    noted();
    this.#stops.push(milestones.onNoted(noted));
    for (const console of machine.consoles.values())
      this.#stops.push(console.onBytes(() => this.#prints(console)));
  }

  pause(why: string): void {
    this.#tell({ kind: 'pause', why });
  }

  resume(): void {
    this.#tell({ kind: 'resume' });
  }

  /** It has ended, or is not to be. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const stop of this.#stops.splice(0)) stop();
    clearTimeout(this.#line);
    this.#tell({ kind: 'end' });
  }

  #prints(console: Console): void {
    this.#printing = console;
    if (this.#line) return;
    this.#line = setTimeout(() => this.#tellLine(), LINE_MS);
    // What a machine printed last is not worth a worker's life.
    this.#line.unref();
  }

  #tellLine(): void {
    this.#line = undefined;
    const text = this.#printing?.transcript.tail(1)[0]?.text.trim().slice(0, LINE_CHARACTERS);
    if (!this.#printing || !text || text === this.#lastLine) return;
    this.#lastLine = text;
    this.#tell({ kind: 'line', console: this.#printing.name, text });
  }

  #tell(event: OwnEvent): void {
    appendEvent(this.#file, { machine: this.#id, at: Date.now(), ...event } as LiveEvent);
  }
}
