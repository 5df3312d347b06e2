/** A failure of the night, replayed in the morning: a recorded boot fails, and its capsule shows the same bytes again. */
import { expect, test } from '../src/harness/index.ts';
import { recordFailure, replayed } from './replay/recorded-failure.ts';

let capsule: string | undefined;

test('a recorded boot that fails names its capsule', async ({ launch }) => {
  capsule = await recordFailure(launch);
});

test('its replay prints the same bytes', async () => {
  const result = await replayed(capsule as string);
  expect(result).toMatchObject({
    is: 'identical',
    consoles: 4,
    milestones: expect.arrayContaining(['kernel']),
  });
  expect(result.bytes).toBeGreaterThan(5_000);
});
