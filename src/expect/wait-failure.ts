/** A wait that ended without a match, as an error whose text says what was awaited and what came instead. */
import {
  AbortError,
  type DomesError,
  EndOfStreamError,
  ExpectTimeoutError,
  type FailureFacts,
  KnownFailureError,
  QemuGoneError,
} from '../errors.ts';
import type { Ending } from './ending.ts';
import type { ConsoleEnd } from './reader.ts';
import type { Transcript } from './transcript.ts';

export type Miss = Exclude<Ending<unknown>, { readonly kind: 'matched' }>;

/** What the wait was for, in the words of a message. */
export interface Awaited {
  /** `login "login: " or emergency "emergency mode"`: goes after "waiting for". */
  readonly doing: string;
  /** `printed neither login "login: " nor emergency "emergency mode"`: goes after the console's name. */
  readonly missed: string;
  /** Why it was probably not seen; asked for when it wasn't. */
  why(): string | undefined;
}

/** What is known about a wait that failed. */
export interface FailedWait {
  readonly awaited: Awaited;
  readonly console: string;
  readonly timeoutMs: number;
  /** Whether the timeout was what was left of the test, and less than was asked for. */
  readonly isTestsEnd: boolean;
  readonly whyEnded: ConsoleEnd | undefined;
  readonly facts: FailureFacts;
}

/** The phrases for one or several patterns, each described as `login "login: "`. */
export function awaitedPatterns(patterns: readonly string[], why: Awaited['why']): Awaited {
  const [first, second] = patterns;
  const list = patterns.slice(0, -1).join(', ');
  const last = patterns.at(-1);
  if (patterns.length === 1) return { doing: `${first}`, missed: `did not print ${first}`, why };
  const missed =
    patterns.length === 2 ? `printed neither ${first} nor ${second}` : `printed none of ${list} and ${last}`;
  return { doing: `${list} or ${last}`, missed, why };
}

export function waitFailure(
  miss: Miss,
  { awaited, console, timeoutMs, isTestsEnd, whyEnded, facts }: FailedWait,
): DomesError {
  const where = `console "${console}"`;
  const { doing, missed } = awaited;
  switch (miss.kind) {
    case 'interrupted': {
      const { failureClass, evidence, console: source } = miss.failure;
      const elsewhere = source === console ? '' : ` on console "${source}"`;
      return new KnownFailureError(
        `${failureClass}: "${evidence}"${elsewhere} while ${where} was waiting for ${doing}`,
        failureClass,
        facts,
      );
    }
    case 'deadline': {
      const waited = `waited ${seconds(timeoutMs)}${isTestsEnd ? ', all that was left of the test' : ''}`;
      return new ExpectTimeoutError(`${where} ${missed} (${waited})`, timeoutMs, facts);
    }
    case 'ended':
      if (whyEnded?.blame === 'host')
        return new QemuGoneError(
          `${whyEnded.cause} while ${where} was waiting for ${doing}`,
          whyEnded.failureClass,
          facts,
        );
      return new EndOfStreamError(
        `${where} ended${whyEnded ? ` (${whyEnded.cause})` : ''}; it ${missed}`,
        facts,
      );
    case 'aborted':
      return new AbortError(`the run was cancelled while ${where} was waiting for ${doing}`, facts, {
        cause: miss.reason,
      });
  }
}

/** What has been heard of a console: how much of it nobody has read, and for how long it has been silent. */
export function heardOf(transcript: Transcript, cursor: number): string {
  if (transcript.rawBytes === 0) return 'nothing at all since power-on';
  const silence = transcript.now() - transcript.lastAtMs;
  const unread = transcript.end - cursor;
  const silent = `silent for ${seconds(silence)}`;
  return `${silent}; ${unread === 0 ? 'all of it read before' : `${bytes(unread)} of text unread`}`;
}

function bytes(count: number): string {
  if (count < 10_000) return `${count} bytes`;
  return count < 10_000_000 ? `${Math.round(count / 1_000)} kB` : `${Math.round(count / 1_000_000)} MB`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
