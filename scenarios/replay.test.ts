/** A failure of the night, replayed in the morning: a recorded boot fails, and its capsule shows the same bytes again. */
import { beforeAll, expect, test } from '../src/harness/index.ts';
import { replayWithDebugger } from './replay/debugger.ts';
import { recordFailure, replayed } from './replay/recorded-failure.ts';

// A recording is of this host.
beforeAll(() => {
  delete process.env.DOMES_HOST;
});

let capsule: string | undefined;
let wholeBytes: number | undefined;

test('a recorded boot that fails names its capsule', async ({ launch }) => {
  capsule = await recordFailure(launch);
});

test('its replay prints the same bytes', async () => {
  const result = await replayed(capsule as string);
  expect(result).toMatchObject({
    is: 'identical',
    consoles: 2,
    milestones: expect.arrayContaining(['kernel']),
  });
  expect(result.bytes).toBeGreaterThan(5_000);
  wholeBytes = result.bytes;
});

test('it stops at a milestone, is saved there, and later replays begin there', async () => {
  const stopped = await replayed(capsule as string, '--until', 'kernel', '--save');
  expect(stopped).toMatchObject({ is: 'identical', isPaused: true });
  const rest = await replayed(capsule as string, '--from', 'kernel');
  expect(rest).toMatchObject({ is: 'identical', bytes: wholeBytes });
});

test('it waits for a debugger, who finds it at its first instruction and later where it was to stop', async () => {
  const seen = await replayWithDebugger(capsule as string, 'hypervisor');
  // A PC's reset vector is 16 bytes below 4 GiB: the processor's manual, and IP is 0xfff0 in its segment.
  expect(seen.instructionPointer).toBe(0xfff0n);
  expect(seen.said).toMatch(/^identical: \d+ bytes on 2 consoles, 2 of \d milestones, paused there/m);
});
