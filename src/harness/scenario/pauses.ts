/** The machines of a test that are kept for a person. */
import type { Machine } from '../machine/machine.ts';
import { untilResumed } from '../machine/pause.ts';
import type { MachineEvents } from './machine-events.ts';

export class Pauses {
  readonly #signal: AbortSignal;
  readonly #underWay = new Set<Promise<void>>();

  /** @param signal ends them all. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get any(): boolean {
    return this.#underWay.size > 0;
  }

  /** Resolves when the person is done with the machine, or it has ended. Never rejects. */
  async keep(machine: Machine, events: MachineEvents | undefined, why: string): Promise<void> {
    events?.pause(why);
    const pause = untilResumed(machine, why, this.#signal);
    this.#underWay.add(pause);
    await pause;
    this.#underWay.delete(pause);
    events?.resume();
  }

  /** Resolves when no machine is kept any more. */
  async over(): Promise<void> {
    while (this.any) await Promise.all(this.#underWay);
  }
}

/** Vitest tells by an abort that a test's time is up, and that the run was cancelled: by the words of the reason (4.1). */
export function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.message.startsWith('Test timed out');
}
