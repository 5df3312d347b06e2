import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AbortError, ScenarioError } from '../../errors.ts';
import { tryLock } from '../image/exclusive.ts';
import { defaultHome, type ImageHome } from '../image/image-home.ts';
import { hostAddresses } from './address.ts';
import { placeLock, takePlace } from './places.ts';

const HOSTS = hostAddresses({ DOMES_HOST: 'ssh://x@a*2,ssh://x@b' });
let home: ImageHome;

beforeEach(() => {
  home = { ...defaultHome(), cacheDir: mkdtempSync(join(tmpdir(), 'domes-places-')) };
});
afterEach(() => rmSync(home.cacheDir, { recursive: true, force: true }));

const take = (signal?: AbortSignal) => takePlace(HOSTS, { home, signal });
const hostOf = async (place: ReturnType<typeof take>) => (await place).address.host;

/** Another worker has the place. */
async function others(host: string, number: number): Promise<AsyncDisposable> {
  const address = HOSTS.find((one) => one.host === host) as (typeof HOSTS)[number];
  return (await tryLock(home, placeLock(address, number))) as AsyncDisposable;
}

test('machines spread over the hosts before they share one; one given back can be had again', async () => {
  const places = [await take(), await take(), await take()];
  expect(places.map(({ address }) => address.host)).toEqual(['a', 'b', 'a']);
  await places[1]?.[Symbol.asyncDispose]();
  const again = await take();
  expect(again.address.host).toBe('b');
  for (const place of [...places, again]) await place[Symbol.asyncDispose]();
});

test('whoever asks for more than there is would wait for itself', async () => {
  const places = await Promise.all([take(), take(), take()]);
  const refused = await take().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ScenarioError);
  expect((refused as Error).message).toContain('DOMES_HOST is ssh://x@a*2,ssh://x@b*1');
  for (const place of places) await place[Symbol.asyncDispose]();
});

test('it waits for the first place that another worker gives back, and has that alone', async () => {
  const held = { a1: await others('a', 1), a2: await others('a', 2), b1: await others('b', 1) };
  const waiting = take();
  await held.a2[Symbol.asyncDispose]();
  expect(await hostOf(waiting)).toBe('a');
  await held.b1[Symbol.asyncDispose]();
  await using free = await others('b', 1);
  expect(free).toBeDefined();
  await held.a1[Symbol.asyncDispose]();
  await (await waiting)[Symbol.asyncDispose]();
});

test('a wait that takes too long says so', async () => {
  const held = [await others('a', 1), await others('a', 2), await others('b', 1)];
  const told: string[] = [];
  const waiting = takePlace(HOSTS, { home, waitMs: 30, onWait: (why) => told.push(why) });
  await expect(waiting).rejects.toThrow(/^no place was given back in 0 s: DOMES_HOST is/);
  expect(told).toEqual([
    'waits for a place that another worker gives back: DOMES_HOST is ssh://x@a*2,ssh://x@b*1',
  ]);
  for (const one of held) await one[Symbol.asyncDispose]();
});

test('a wait that is cancelled takes nothing', async () => {
  const held = [await others('a', 1), await others('a', 2), await others('b', 1)];
  const abort = new AbortController();
  const waiting = take(abort.signal);
  abort.abort();
  await expect(waiting).rejects.toThrow(AbortError);
  for (const one of held) await one[Symbol.asyncDispose]();
  const place = await take();
  expect(place.address.host).toBe('a');
  await place[Symbol.asyncDispose]();
});
