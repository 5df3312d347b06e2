/** How the machines of a run stand, from their events. */
import type { Stage } from '../../stage.ts';
import type { LiveEvent } from './event.ts';

export interface ReachedMilestone {
  readonly name: string;
  readonly stage: Stage;
  /** Machine time, ms. */
  readonly atMs: number;
  readonly restored: boolean;
}

/** One machine. Changed in place as its events come. */
export interface Standing {
  readonly name: string;
  readonly task: string;
  readonly file: string;
  readonly test: string;
  /** Wall clock of its launch, ms since the epoch. */
  readonly launchedAt: number;
  /** Machine time at a moment of the wall clock; absent until it runs. */
  clock: { readonly ms: number; readonly at: number } | undefined;
  restored: { readonly name: string; readonly tookMs: number } | undefined;
  /** In the order in which they were reached. */
  readonly milestones: ReachedMilestone[];
  line: { readonly console: string; readonly text: string } | undefined;
  /** Why it is kept for a person. */
  paused: string | undefined;
}

export class Standings {
  readonly #machines = new Map<string, Standing>();

  /** Those that have not ended, in the order of their launches. */
  get running(): Standing[] {
    return [...this.#machines.values()];
  }

  /** Takes in an event; returns the machine that it is about, if that is known. */
  apply(event: LiveEvent): Standing | undefined {
    if (event.kind === 'launch') this.#machines.set(event.machine, launched(event));
    const machine = this.#machines.get(event.machine);
    if (!machine) return undefined;
    if (event.kind === 'wait') machine.line = { console: '', text: event.why };
    else if (event.kind === 'run') {
      machine.line = undefined;
      machine.clock = { ms: event.clockMs, at: event.at };
      machine.restored = event.restored;
    } else if (event.kind === 'milestone') {
      machine.milestones.push({ ...event, restored: event.restored ?? false });
    } else if (event.kind === 'line') machine.line = { console: event.console, text: event.text };
    else if (event.kind === 'pause') machine.paused = event.why;
    else if (event.kind === 'resume') machine.paused = undefined;
    else if (event.kind === 'end') this.#machines.delete(event.machine);
    return machine;
  }

  /** The test is over, and its machines with it, whether or not its worker came to say so. */
  endOf(isOver: (task: string) => boolean): void {
    for (const [id, { task }] of this.#machines) if (isOver(task)) this.#machines.delete(id);
  }
}

/** Machine time now, ms; 0 until it runs. @param now ms since the epoch. */
export function clockOf({ clock }: Standing, now: number): number {
  return clock ? clock.ms + Math.max(0, now - clock.at) : 0;
}

/** The layer that a machine is in: that of the latest milestone. */
export function layerOf({ clock, milestones }: Standing): string {
  if (!clock) return 'starting';
  return milestones.at(-1)?.stage ?? 'power-on';
}

function launched({ name, task, file, test, at }: Extract<LiveEvent, { kind: 'launch' }>): Standing {
  return {
    ...{ name, task, file, test, launchedAt: at, milestones: [] },
    ...{ clock: undefined, restored: undefined, line: undefined, paused: undefined },
  };
}
