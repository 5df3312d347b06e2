/**
 * The places on hosts: no more machines at once on a host than it has. Workers queue for them by locks that the kernel
 * holds, one for each place, so that the place of a worker that is killed is free at once.
 */
import { HostError, ScenarioError } from '../../errors.ts';
import { sha256OfText } from '../image/digest.ts';
import { lock, tryLock } from '../image/exclusive.ts';
import { defaultHome, type ImageHome } from '../image/image-home.ts';
import type { HostAddress } from './address.ts';

export interface Place extends AsyncDisposable {
  readonly address: HostAddress;
}

export interface PlaceOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long it may wait, ms; default: for ever. */
  readonly waitMs?: number | undefined;
  /** Told, in words, when there is none at once. */
  readonly onWait?: ((why: string) => void) | undefined;
  /** Whose cache has the locks. */
  readonly home?: ImageHome;
}

interface Numbered {
  readonly address: HostAddress;
  readonly lock: string;
}

/** Locks that this process holds: it can't wait for those. */
const own = new Set<string>();
/** Machines of this process come to their places one after the other, so that `own` is true. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Waits until one of the hosts has a place, and takes it until it is disposed.
 * @throws ScenarioError when all of them are taken by this very process, which would wait for itself; HostError when
 * none is given back in time; AbortError.
 */
export function takePlace(addresses: readonly HostAddress[], options: PlaceOptions = {}): Promise<Place> {
  const taking = turn.then(() => take(addresses, options));
  turn = taking.catch(() => {});
  return taking;
}

async function take(
  addresses: readonly HostAddress[],
  { signal, waitMs = Number.POSITIVE_INFINITY, onWait, home = defaultHome() }: PlaceOptions,
): Promise<Place> {
  const all = inTurn(addresses);
  const others = all.filter(({ lock }) => !own.has(lock));
  if (others.length === 0) throw ownAll(addresses);
  for (const one of others) {
    const held = await tryLock(home, one.lock);
    if (held) return taken(one, held);
  }
  onWait?.(`waits for a place that another worker gives back: DOMES_HOST is ${placesOf(addresses)}`);
  const late = Number.isFinite(waitMs) ? AbortSignal.timeout(Math.round(waitMs)) : undefined;
  const signals = [signal, late].filter((one) => one !== undefined);
  try {
    const { one, held } = await firstOf(others, home, AbortSignal.any(signals));
    return taken(one, held);
  } catch (error) {
    if (late?.aborted && !signal?.aborted) throw busy(addresses, waitMs);
    throw error;
  }
}

/** The first place of each host, then the second of each: machines spread before they share. */
function inTurn(addresses: readonly HostAddress[]): Numbered[] {
  const numbered = addresses.flatMap((address) =>
    Array.from({ length: address.places }, (_, index) => ({ address, index })),
  );
  return numbered
    .sort((a, b) => a.index - b.index)
    .map(({ address, index }) => ({ address, lock: placeLock(address, index + 1) }));
}

/** The name of the lock of a place; the first has number 1. */
export function placeLock({ name, identity = name }: HostAddress, number: number): string {
  return `place-${sha256OfText(identity).slice(0, 16)}-${number}`;
}

/** Waits for all of them at once; those that come behind the first are given back. */
async function firstOf(
  places: readonly Numbered[],
  home: ImageHome,
  signal: AbortSignal,
): Promise<{ readonly one: Numbered; readonly held: AsyncDisposable }> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const waits = places.map(async (one) => ({ one, held: await lock(home, one.lock, { signal: until }) }));
  const winner = await Promise.any(waits).catch((error: AggregateError) => error);
  over.abort();
  for (const wait of await Promise.allSettled(waits))
    if (wait.status === 'fulfilled' && wait.value !== winner) await wait.value.held[Symbol.asyncDispose]();
  if (winner instanceof AggregateError) throw winner.errors[0];
  return winner;
}

function taken({ address, lock }: Numbered, held: AsyncDisposable): Place {
  own.add(lock);
  return {
    address,
    async [Symbol.asyncDispose]() {
      own.delete(lock);
      await held[Symbol.asyncDispose]();
    },
  };
}

function ownAll(addresses: readonly HostAddress[]): ScenarioError {
  return new ScenarioError(`no place is left for another machine: DOMES_HOST is ${placesOf(addresses)}`, {
    probably: 'this test has as many machines already as all hosts have places: it would wait for itself',
    next: 'say that a host may run more: ssh://host*2',
  });
}

function busy(addresses: readonly HostAddress[], waitMs: number): HostError {
  const seconds = Math.round(waitMs / 1000);
  return new HostError(
    'DOMES_HOST_BUSY',
    `no place was given back in ${seconds} s: DOMES_HOST is ${placesOf(addresses)}`,
    {
      probably: 'other workers have all of them, and keep them for longer than this test may take',
      next: 'have as many workers as places (--maxWorkers), or say that a host may run more: ssh://host*2',
    },
  );
}

function placesOf(addresses: readonly HostAddress[]): string {
  return addresses.map(({ name, places }) => `${name}*${places}`).join(',');
}
