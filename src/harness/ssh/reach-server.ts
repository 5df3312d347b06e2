/** Reaches a server that may not be up yet: as soon as it is, and as long as that is still possible. */
import { setTimeout as timer } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { ExpectTimeoutError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/reader.ts';
import { handshake, type Login } from './handshake.ts';
import type { HostKeys } from './host-keys.ts';
import { type Line, outcome, type SshPlace } from './line.ts';

/**
 * How long an attempt may take, ms: longer each time. What a guest without an address swallows is lost for good, and
 * only another attempt is noticed by one that has it now; but an emulated server may need seconds for its arithmetic.
 */
const FIRST_ATTEMPT_MS = 5_000;
const LONGEST_ATTEMPT_MS = 40_000;
/**
 * A server announces itself nowhere, so it is asked again when it has refused, at this pace at most, ms: each question
 * costs an emulated guest that is booting a millisecond of its only processor.
 */
const PACE_MS = 100;

export interface Reached {
  readonly client: Client;
  readonly line: Line;
}

/**
 * @throws ExpectTimeoutError when the server does not come up in time, with what the last attempt ran into; HostKeyError
 * and GuestError as handshake does; KnownFailureError and the others as Console.expect does.
 */
export async function reachServer(
  place: SshPlace,
  login: Login,
  hostKeys: HostKeys,
  options?: WaitOptions,
): Promise<Reached> {
  const over = new AbortController();
  let last = 'the first attempt was still under way';
  const trying = attempts(place, { login, hostKeys, over: over.signal, note: (why) => (last = why) });
  try {
    return await outcome(place.until, `the ssh server of ${place.name}`, trying, options);
  } catch (error) {
    over.abort();
    // What came in spite of it is nobody's.
    void trying.then(({ client }) => client.destroy()).catch(() => {});
    if (!(error instanceof ExpectTimeoutError)) throw error;
    const { summary, timeoutMs, facts } = error;
    throw new ExpectTimeoutError(summary, timeoutMs, { ...facts, probably: `the last attempt: ${last}` });
  }
}

interface Attempts {
  readonly login: Login;
  readonly hostKeys: HostKeys;
  readonly over: AbortSignal;
  /** Called with what an attempt ran into. */
  readonly note: (why: string) => void;
}

async function attempts(place: SshPlace, { login, hostKeys, over, note }: Attempts): Promise<Reached> {
  for (let limitMs = FIRST_ATTEMPT_MS; ; ) {
    const askedAt = performance.now();
    const line = await place.open();
    if ('noLine' in line) note(line.noLine);
    else {
      const drop = () => line.stream.destroy();
      if (over.aborted) drop();
      over.addEventListener('abort', drop, { once: true });
      const client = await handshake(line.stream, { login, hostKeys, name: place.name, limitMs });
      over.removeEventListener('abort', drop);
      if (!('notYet' in client)) return { client, line };
      note(client.notYet);
    }
    const tookMs = performance.now() - askedAt;
    if (tookMs >= limitMs) limitMs = Math.min(LONGEST_ATTEMPT_MS, limitMs * 2);
    await timer(Math.max(0, PACE_MS - tookMs), undefined, { signal: over });
  }
}
