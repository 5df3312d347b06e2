/** A guest that never booted, recorded once and replayed twenty times: twenty times the same bytes. */
import { beforeAll, expect, openDom0, test } from '../../src/harness/index.ts';
import { STANDARD } from '../guests-never-booted/faults.ts';
import { capsuleOf, replayed } from '../replay/recorded-failure.ts';

// A recording is of this host.
beforeAll(() => {
  delete process.env.DOMES_HOST;
});

const REPLAYS = 20;

let capsule: string | undefined;

test('a guest without a root disk never boots, and is recorded', async ({ launch }) => {
  const machine = await launch('slim-dom0', { boot: 'direct', determinism: 'recorded' });
  const dom0 = await openDom0(machine);
  const { ramdisk: _, ...config } = STANDARD;
  const failure = await dom0
    .guest(config)
    .then((guest) => guest.shell())
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ failureClass: 'guest-kernel/no-root-device' });
  capsule = capsuleOf(failure);
});

test('each of its replays prints the same bytes', { timeout: REPLAYS * 180_000 }, async () => {
  const seen = new Set<string>();
  for (let replay = 0; replay < REPLAYS; replay++) {
    const { is, bytes, milestones } = await replayed(capsule as string);
    seen.add(`${is}, ${bytes} bytes, ${milestones.length} milestones`);
  }
  expect([...seen]).toEqual([expect.stringMatching(/^identical, \d{4,} bytes, 5 milestones$/)]);
});
