/**
 * How a wait ends: in exactly five ways, and this is the one place where they are told apart.
 *
 *   matched      the condition holds
 *   interrupted  a known failure was seen, here or on another console of the machine; or a setback, here
 *   ended        the console has ended: no more bytes can come
 *   deadline     the time is up
 *   aborted      whoever asked does not want to know any more
 *
 * A wait that is cancelled before it begins is aborted, and nothing else. After that, when several are true at once,
 * the order above decides, but for one thing: a failure that the stream showed *before* the match was complete wins
 * over it, and a match that was complete before wins over the failure. So the verdict does not depend on how the
 * bytes were cut into chunks, nor on who looks at them first.
 */
import type { EvidenceLine } from '../errors.ts';
import type { Interrupt, RaisedFailure } from './interrupt.ts';

export type Ending<T> =
  | { readonly kind: 'matched'; readonly value: T }
  | { readonly kind: 'interrupted'; readonly failure: RaisedFailure }
  | { readonly kind: 'ended' }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'aborted'; readonly reason: unknown };

/** What a wait looks at. */
export interface Condition<T> {
  /** Looks at what has arrived. Cheap: called after every chunk. */
  check(): T | undefined;
  /** The text offset at which the value was complete; without it, a raised failure always comes first. */
  offsetOf?(value: T): number;
  /**
   * Whether `check` has not judged yet all that has arrived: `soon` when it only let others have a turn and wants to
   * be called again, `later` when something else has to happen first. Failures and the console's end must wait.
   */
  postponed?(): 'soon' | 'later' | undefined;
  /** True while a decision waits for the console to fall quiet. */
  undecided?(): boolean;
  /** Looks again, now that the console has been quiet for `QUIET_MS`. */
  quiet?(): T | undefined;
  /** What a failed wait shows instead of the console's last lines. */
  evidence?(): readonly EvidenceLine[];
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
  /** Setbacks that the console's text shows from this offset on end the wait too. */
  readonly setbacksFrom?: number | undefined;
}

/**
 * A console that printed nothing for this long has said what it had to say: a prompt, not half a line. An
 * emulated UART at 115200 baud sends a byte each 0.09 ms; under a loaded host gaps of 20–40 ms inside a line
 * were seen.
 */
export const QUIET_MS = 80;

/** Longest delay of a timer; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Waits for the condition; resolves with one of the five endings, and leaves nothing behind. Rejects only with what
 * the condition itself throws.
 */
export function ending<T>(
  watched: Watched,
  condition: Condition<T>,
  { timeoutMs, signal, setbacksFrom }: WaitLimits,
): Promise<Ending<T>> {
  if (signal?.aborted) return Promise.resolve({ kind: 'aborted', reason: signal.reason });
  return new Promise((resolve, reject) => {
    const releases: (() => void)[] = [];
    const release = () => {
      for (const undo of releases.splice(0)) undo();
    };
    const look = (value: T | undefined) => verdict(watched, condition, { value, setbacksFrom });
    let isOver = false;
    /** Ends the wait when `judge` has a verdict; false when it goes on. */
    const settle = (judge: () => Ending<T> | undefined): boolean => {
      if (isOver) return true;
      try {
        const end = judge();
        if (end) resolve(end);
        isOver = end !== undefined;
      } catch (error) {
        isOver = true;
        reject(error);
      }
      if (isOver) release();
      return isOver;
    };

    const again = afterEvents();
    const deadline = timer(() =>
      settle(() => look(condition.check() ?? condition.quiet?.()) ?? { kind: 'deadline' }),
    );
    const quiet = timer(() => {
      if (condition.undecided?.()) settle(() => look(condition.quiet?.()));
    });
    const changed = () => {
      if (settle(() => look(condition.check()))) return;
      if (condition.postponed?.() === 'soon') again.run(changed);
      if (condition.undecided?.()) quiet.start(QUIET_MS);
      else quiet.stop();
    };
    releases.push(again.stop, deadline.stop, quiet.stop);
    changed();
    if (isOver) return;

    deadline.start(Math.min(Math.max(0, timeoutMs), MAX_TIMER_MS));
    releases.push(watched.onChange(changed), watched.interrupt.onRaised(changed));
    if (condition.onChange) releases.push(condition.onChange(changed));
    const abort = () => settle(() => ({ kind: 'aborted', reason: signal?.reason }));
    signal?.addEventListener('abort', abort, { once: true });
    releases.push(() => signal?.removeEventListener('abort', abort));
  });
}

/** Judges what a look at the console gave; `undefined` means: wait on. */
function verdict<T>(
  { name, ended, interrupt }: Watched,
  condition: Condition<T>,
  { value, setbacksFrom }: { value: T | undefined; setbacksFrom: number | undefined },
): Ending<T> | undefined {
  const setback = setbacksFrom === undefined ? undefined : interrupt.setback(name, setbacksFrom);
  const failure = interrupt.raised ?? setback;
  if (value !== undefined) {
    const offset = condition.offsetOf?.(value) ?? Number.POSITIVE_INFINITY;
    const seenFirst = failure && failure.console === name && failure.offset <= offset;
    return seenFirst ? { kind: 'interrupted', failure } : { kind: 'matched', value };
  }
  if (condition.postponed?.()) return undefined;
  if (failure) return { kind: 'interrupted', failure };
  if (!ended) return undefined;
  // The last text can't grow any more: open ends are decided now.
  const last = condition.quiet?.();
  return last === undefined ? { kind: 'ended' } : { kind: 'matched', value: last };
}

interface Timer {
  /** Starts or restarts it. */
  start(ms: number): void;
  readonly stop: () => void;
}

/**
 * A timer that lets what has already arrived be read first: when this process was held up, its timers are due
 * before it has read its sockets, and the time would be up though the text is there.
 */
function timer(action: () => void): Timer {
  const then = afterEvents();
  let timeout: NodeJS.Timeout | undefined;
  return {
    start(ms) {
      then.stop();
      if (timeout) timeout.refresh();
      else timeout = setTimeout(() => then.run(action), ms);
    },
    stop() {
      then.stop();
      clearTimeout(timeout);
      timeout = undefined;
    },
  };
}

/** Runs an action once the events that are due have been handled. */
function afterEvents(): { run(action: () => void): void; readonly stop: () => void } {
  let immediate: NodeJS.Immediate | undefined;
  return {
    run(action) {
      clearImmediate(immediate);
      immediate = setImmediate(action);
    },
    stop() {
      clearImmediate(immediate);
    },
  };
}
