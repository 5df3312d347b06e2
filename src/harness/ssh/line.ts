/** A byte stream to an ssh server, before anything has been said over it, and whoever knows why it may end. */
import type { Duplex } from 'node:stream';
import type { Blame } from '../../errors.ts';
import type { Condition } from '../../expect/ending.ts';
import { Listeners } from '../../expect/listeners.ts';
import type { WaitOptions } from '../../expect/reader.ts';

/** Why a connection is gone. */
export type DropReason = 'server-closed' | 'machine-ended' | 'network-stopped' | 'silent';

export interface Drop {
  readonly because: DropReason;
  readonly blame: Blame;
  /** In a sentence. */
  readonly cause: string;
}

export interface Line {
  readonly stream: Duplex;
  /** Why the stream has ended, where somebody knows more than that it did. */
  readonly whyDropped: () => Drop | undefined;
}

export interface NoLine {
  readonly noLine: string;
}

/** Waits as a console of the machine does: a known failure, the machine's end, the deadline and an abort end it. */
export type Until = <T>(doing: string, condition: Condition<T>, options?: WaitOptions) => Promise<T>;

/** Where a server is. */
export interface SshPlace {
  /** What it is called in messages: the machine's name. */
  readonly name: string;
  /** A new connection to its port; a word on why there is none, where one may come yet. */
  readonly open: () => Promise<Line | NoLine>;
  readonly until: Until;
}

/**
 * The outcome of `work`, unless the wait ends before it. What is under way then is for the caller to stop.
 * @throws as `until` does; what `work` rejects with.
 */
export async function outcome<T>(
  until: Until,
  doing: string,
  work: Promise<T>,
  options?: WaitOptions,
): Promise<T> {
  const changes = new Listeners<void>();
  let settled: { readonly value: T } | { readonly error: unknown } | undefined;
  const settle = (as: typeof settled) => {
    settled = as;
    changes.call();
  };
  work.then(
    (value) => settle({ value }),
    (error: unknown) => settle({ error }),
  );
  const check = () => {
    if (settled && 'error' in settled) throw settled.error;
    return settled;
  };
  return (await until(doing, { check, onChange: (listener) => changes.add(listener) }, options)).value;
}
