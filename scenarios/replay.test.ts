/** A failure of the night, replayed in the morning: a recorded boot fails, and its capsule shows the same bytes again. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, KnownFailureError, test } from '../src/harness/index.ts';

let capsule: string | undefined;

test('a recorded boot that fails names its capsule', async ({ launch }) => {
  const machine = await launch('slim-dom0', {
    boot: 'direct',
    determinism: 'recorded',
    append: { vmlinuz: 'rdinit=/missing root=/dev/xvda1' },
  });
  const failure = await machine.shell().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'kernel/no-root-device' });
  capsule = /again +npx domes replay (\S+)/.exec((failure as Error).message)?.[1];
  expect(capsule).toBeDefined();
});

test('its replay prints the same bytes', async () => {
  const args = ['bin/domes.mjs', 'replay', capsule as string, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({
    is: 'identical',
    consoles: 4,
    milestones: expect.arrayContaining(['kernel']),
  });
  expect(result.bytes).toBeGreaterThan(5_000);
});
