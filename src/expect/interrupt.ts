/**
 * What may end a wait from outside: a failure that makes waiting on pointless (a kernel panic on any console of
 * the machine, say). src/expect knows no failure classes; whoever owns the console injects this.
 */
import type { FailureFacts } from '../errors.ts';

export interface RaisedFailure {
  /** Name of the failure class, as the owner of the console names them. */
  readonly failureClass: string;
  /** The line that proves it, stripped. */
  readonly evidence: string;
  /** What is known about it, for the error text. */
  readonly facts: FailureFacts;
  /** The console on which it was seen, and the text offset just behind it: a match before it still counts. */
  readonly console: string;
  readonly offset: number;
}

export interface Interrupt {
  /** The failure that is in force, if any. */
  readonly raised: RaisedFailure | undefined;
  /** Calls back for the next failure. Returns how to stop listening. */
  onRaised(listener: (failure: RaisedFailure) => void): () => void;
  /**
   * A setback: what somebody runs on this console has failed, as its text from `from` on shows; the guest goes on. Ends
   * only waits that ask for it.
   */
  setback(console: string, from: number): RaisedFailure | undefined;
}

/** For a console that stands alone: nothing ever interrupts. */
export const NEVER_INTERRUPTED: Interrupt = {
  raised: undefined,
  onRaised: () => () => {},
  setback: () => undefined,
};
