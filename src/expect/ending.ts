/**
 * How a wait ends: in exactly five ways, and this is the one place where they are told apart.
 *
 *   matched      the condition holds
 *   interrupted  a known failure was seen, here or on another console of the machine
 *   deadline     the time is up
 *   ended        the console has ended: no more bytes can come
 *   aborted      whoever asked does not want to know any more
 *
 * When several are true at once, the order above decides, but for one thing: a failure that the stream showed
 * *before* the match wins over it, so that the verdict does not depend on how the bytes were chunked.
 */
import type { Interrupt, RaisedFailure } from './interrupt.ts';

export type Ending<T> =
  | { readonly kind: 'matched'; readonly value: T }
  | { readonly kind: 'interrupted'; readonly failure: RaisedFailure }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'aborted'; readonly reason: unknown };

/** What a wait looks at. */
export interface Condition<T> {
  /** Looks at what has arrived. Cheap: called after every chunk. */
  check(): T | undefined;
  /** The text offset at which the value was complete; without it, a raised failure always comes first. */
  offsetOf?(value: T): number;
  /** True while a decision waits for the console to fall quiet. */
  undecided?(): boolean;
  /** Looks again, now that the console has been quiet for `QUIET_MS`. */
  quiet?(): T | undefined;
  /** A further thing that changes what `check` sees, beside the console's bytes. */
  onChange?(listener: () => void): () => void;
}

/** The thing that changes: a console. */
export interface Watched {
  readonly name: string;
  readonly ended: boolean;
  readonly interrupt: Interrupt;
  /** Calls back after every change (bytes, end) until the returned function is called. */
  onChange(listener: () => void): () => void;
}

export interface WaitLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A console that printed nothing for this long has said what it had to say: a prompt, not half a line. An
 * emulated UART at 115200 baud sends a byte each 0.09 ms; under a loaded host gaps of 20–40 ms inside a line
 * were seen.
 */
export const QUIET_MS = 80;

/** Waits for the condition; always resolves, with one of the five endings, and leaves nothing behind. */
export function ending<T>(watched: Watched, condition: Condition<T>, limits: WaitLimits): Promise<Ending<T>> {
  const { signal } = limits;
  if (signal?.aborted) return Promise.resolve({ kind: 'aborted', reason: signal.reason });
  const atOnce = look(watched, condition, condition.check());
  if (atOnce) return Promise.resolve(atOnce);

  return new Promise((resolve) => {
    let quietTimer: NodeJS.Timeout | undefined;
    const settle = (end: Ending<T>) => {
      clearTimeout(deadline);
      clearTimeout(quietTimer);
      stopWatching();
      stopFurther?.();
      stopInterrupt();
      signal?.removeEventListener('abort', abort);
      resolve(end);
    };
    const changed = () => {
      const end = look(watched, condition, condition.check());
      if (end) settle(end);
      else armQuiet();
    };
    const armQuiet = () => {
      if (!condition.undecided?.()) return;
      if (quietTimer) quietTimer.refresh();
      else quietTimer = setTimeout(quiet, QUIET_MS);
    };
    const quiet = () => {
      const end = condition.undecided?.() && look(watched, condition, condition.quiet?.());
      if (end) settle(end);
    };
    const abort = () => settle({ kind: 'aborted', reason: signal?.reason });
    const deadline = setTimeout(() => settle({ kind: 'deadline' }), Math.max(0, limits.timeoutMs));
    const stopWatching = watched.onChange(changed);
    const stopFurther = condition.onChange?.(changed);
    const stopInterrupt = watched.interrupt.onRaised((failure) => settle({ kind: 'interrupted', failure }));
    signal?.addEventListener('abort', abort, { once: true });
    armQuiet();
  });
}

/** Judges what a look at the console gave; `undefined` means: wait on. */
function look<T>(watched: Watched, condition: Condition<T>, value: T | undefined): Ending<T> | undefined {
  const failure = watched.interrupt.raised;
  if (value !== undefined) {
    const offset = condition.offsetOf?.(value) ?? Number.POSITIVE_INFINITY;
    const seenFirst = failure && failure.console === watched.name && failure.offset <= offset;
    return seenFirst ? { kind: 'interrupted', failure } : { kind: 'matched', value };
  }
  if (failure) return { kind: 'interrupted', failure };
  if (!watched.ended) return undefined;
  // The last text can't grow any more: open ends are decided now.
  const last = condition.quiet?.();
  return last === undefined ? { kind: 'ended' } : { kind: 'matched', value: last };
}
