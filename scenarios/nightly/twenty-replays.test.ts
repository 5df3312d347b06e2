/** One recorded failure, replayed twenty times: twenty times the same bytes. */
import { expect, test } from '../../src/harness/index.ts';
import { recordFailure, replayed } from '../replay/recorded-failure.ts';

const REPLAYS = 20;

let capsule: string | undefined;

test('a boot that fails is recorded', async ({ launch }) => {
  capsule = await recordFailure(launch);
});

test('each of its replays prints the same bytes', { timeout: REPLAYS * 120_000 }, async () => {
  const seen = new Set<string>();
  for (let replay = 0; replay < REPLAYS; replay++) {
    const { is, bytes, milestones } = await replayed(capsule as string);
    seen.add(`${is}, ${bytes} bytes, ${milestones.length} milestones`);
  }
  expect([...seen]).toEqual([expect.stringMatching(/^identical, \d{4,} bytes, 3 milestones$/)]);
});
