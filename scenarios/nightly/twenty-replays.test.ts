/** One recorded failure, replayed twenty times: twenty times the same bytes. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, KnownFailureError, test } from '../../src/harness/index.ts';

const REPLAYS = 20;

let capsule: string | undefined;

test('a boot that fails is recorded', async ({ launch }) => {
  const machine = await launch('slim-dom0', {
    boot: 'direct',
    determinism: 'recorded',
    append: { vmlinuz: 'rdinit=/missing root=/dev/xvda1' },
  });
  const failure = await machine.shell().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  capsule = /again +npx domes replay (\S+)/.exec((failure as Error).message)?.[1];
  expect(capsule).toBeDefined();
});

test('each of its replays prints the same bytes', { timeout: REPLAYS * 120_000 }, async () => {
  const args = ['bin/domes.mjs', 'replay', capsule as string, '--json'];
  const seen = new Set<string>();
  for (let replay = 0; replay < REPLAYS; replay++) {
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { is, bytes, milestones } = JSON.parse(stdout);
    seen.add(`${is}, ${bytes} bytes, ${milestones.length} milestones`);
  }
  expect([...seen]).toEqual([expect.stringMatching(/^identical, \d{4,} bytes, 3 milestones$/)]);
});
